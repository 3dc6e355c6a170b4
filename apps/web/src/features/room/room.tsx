import { Skeleton } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useLocation } from "@tanstack/react-router";
import { Suspense, lazy, useCallback, useEffect, useMemo, useState } from "react";
import type { Account } from "../../data/account.ts";
import type { InboxEvent } from "../../data/inbox.ts";
import { usePeople } from "../../data/people.ts";
import { useWords } from "../../locales/words.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { ErrorState } from "../../ui/error-state.tsx";
import { Composer } from "./composer.tsx";
import { useDraft } from "./draft.ts";
import { MessageList } from "./message-list.tsx";
import { MessageRow } from "./message-row.tsx";
import type { Message } from "./message.ts";
import { OutgoingRow } from "./outgoing-row.tsx";
import { useReadMark } from "./read-mark.ts";
import { RoomHeader } from "./room-header.tsx";
import classes from "./room.module.css";
import { arrangeRows } from "./rows.ts";
import { useRoom } from "./use-room.ts";
import { roomWords } from "./words.ts";

const EditDialog = lazy(() => import("./message-dialogs.tsx").then(({ EditDialog }) => ({ default: EditDialog })));
const RemoveDialog = lazy(() => import("./message-dialogs.tsx").then(({ RemoveDialog }) => ({ default: RemoveDialog })));

export function Room({ event, account }: { event: InboxEvent; account: Account }) {
  const words = useWords(roomWords);
  const queryClient = useQueryClient();
  const { hash } = useLocation();
  const wanted = /^message-(\d{1,15})$/.exec(hash)?.[1];
  const aim = wanted === undefined ? null : Number(wanted);
  const { timeline, outbox, state, queue, onScreen } = useRoom(event.event_id, account);
  // As it was on entering: the line stays where it is while reading moves the mark.
  const [readBefore] = useState(event.read_up_to);
  const [unreadBefore] = useState(event.unread);
  const [seen, setSeen] = useState<number | null>(null);
  const [linkGone, setLinkGone] = useState(false);
  const [dialog, setDialog] = useState<{ kind: "edit" | "remove"; message: Message } | null>(null);
  const [draft, setDraft] = useDraft(account.user_id, event.event_id);
  useReadMark(event.event_id, seen, event.read_up_to);

  useEffect(() => {
    const openAtEnd = () => timeline.open(unreadBefore > 0 ? readBefore : null);
    if (aim === null) void openAtEnd();
    else
      void timeline.openAt(aim).then((found) => {
        setLinkGone(!found);
        return found ? undefined : openAtEnd();
      });
  }, [timeline, aim, readBefore, unreadBefore]);

  const { messages } = state;
  const rows = useMemo(() => arrangeRows(messages, state.hasNewer ? [] : queue, readBefore, account.user_id), [messages, state.hasNewer, queue, readBefore, account.user_id]);
  const authorIds = useMemo(() => [...new Set(messages.flatMap(({ user_id }) => user_id ?? []))], [messages]);
  const people = usePeople(authorIds);
  const edit = useCallback((message: Message) => setDialog({ kind: "edit", message }), []);
  const remove = useCallback((message: Message) => setDialog({ kind: "remove", message }), []);
  const close = () => setDialog(null);
  const done = () => {
    if (dialog) void timeline.refreshBetween(dialog.message.id, dialog.message.id);
    void queryClient.invalidateQueries({ queryKey: ["inbox"] });
    close();
  };
  const aimed = aim === null ? undefined : messages.find(({ id }) => id === aim);
  const startAt = aimed ? (aimed.client_key ?? String(aimed.id)) : unreadBefore > 0 ? "new" : null;

  return (
    <section className={classes.room} aria-label={event.title}>
      <RoomHeader event={event} />
      {linkGone && <p className={classes.note}>{words.linkGone}</p>}
      {!state.loaded ? (
        <div className={classes.filler}>{state.error ? <ErrorState error={state.error} onRetry={() => void timeline.open(null)} /> : <Placeholders />}</div>
      ) : rows.length === 0 ? (
        <div className={classes.filler}>
          <EmptyState icon="chat" title={words.empty}>
            {words.emptyText}
          </EmptyState>
        </div>
      ) : (
        <MessageList
          key={aim}
          rows={rows}
          hasOlder={state.hasOlder}
          hasNewer={state.hasNewer}
          startAt={startAt}
          onNearStart={() => void timeline.loadOlder()}
          onNearEnd={() => void timeline.loadNewer()}
          onToNewest={() => void timeline.open(null)}
          onSeen={(first, last, atEnd) => {
            const shown = rows.slice(first, last + 1).flatMap((row) => (row.kind === "message" ? row.message.id : []));
            Object.assign(onScreen, { first: shown[0] ?? 0, last: shown.at(-1) ?? 0 });
            // Only at the end: what the list keeps ready below the screen has not been seen.
            const newest = messages.at(-1)?.id;
            if (atEnd && newest !== undefined && newest !== seen) setSeen(newest);
          }}
          renderMessage={(row) =>
            row.kind === "outgoing" ? (
              <OutgoingRow outgoing={row.outgoing} opens={row.opens} account={account} outbox={outbox} />
            ) : (
              <MessageRow
                message={row.message}
                author={row.message.user_id === null ? null : people.get(row.message.user_id)}
                opens={row.opens}
                mine={row.message.user_id === account.user_id}
                runs={event.runs}
                myHandle={account.handle}
                aimedAt={row.message.id === aim}
                onEdit={edit}
                onRemove={remove}
              />
            )
          }
        />
      )}
      <Composer
        eventId={event.event_id}
        title={event.title}
        draft={draft}
        mayAnnounce={event.runs}
        onDraft={setDraft}
        onSend={(body) => outbox.add(body)}
        onEditLast={() => {
          // The last one is still on its way: the one before is not what is meant.
          if (queue.length > 0) return;
          const last = messages.findLast(({ user_id, deleted_at }) => user_id === account.user_id && deleted_at === null);
          if (last) edit(last);
        }}
      />
      <Suspense>
        {dialog?.kind === "edit" && <EditDialog message={dialog.message} onClose={close} onDone={done} />}
        {dialog?.kind === "remove" && <RemoveDialog message={dialog.message} onClose={close} onDone={done} />}
      </Suspense>
    </section>
  );
}

function Placeholders() {
  return (
    <div className={classes.placeholders} aria-hidden>
      {[60, 35, 80, 50].map((width) => (
        <div key={width} className={classes.placeholder}>
          <Skeleton height={36} width={36} radius={11} />
          <div style={{ flex: 1 }}>
            <Skeleton height={12} width={110} mb={8} />
            <Skeleton height={12} width={`${width}%`} />
          </div>
        </div>
      ))}
    </div>
  );
}
