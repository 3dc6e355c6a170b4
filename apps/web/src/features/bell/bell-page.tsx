import { Button, Skeleton } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { type InboxEvent, useInbox } from "../../data/inbox.ts";
import { useTimes } from "../../locales/times.ts";
import { useWords } from "../../locales/words.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { ErrorState } from "../../ui/error-state.tsx";
import { Icon } from "../../ui/icon.tsx";
import { Page } from "../../ui/page.tsx";
import { PersonAvatar } from "../../ui/person-avatar.tsx";
import classes from "./bell.module.css";
import { useMarkRead } from "./mark-read.ts";
import { bellWords } from "./words.ts";

/** Everything unread, those who mention the reader first. */
export function BellPage() {
  const words = useWords(bellWords);
  const inbox = useInbox();
  const markRead = useMarkRead();
  const news = (inbox.data ?? []).filter(({ unread }) => unread > 0).sort((a, b) => Number(b.mentions > 0) - Number(a.mentions > 0));
  const markAll = news.length > 1 && (
    <Button variant="default" size="sm" leftSection={<Icon name="check" size={16} />} onClick={() => markRead.mutate(news)}>
      {words.markAllRead}
    </Button>
  );
  return (
    <Page title={words.title} lead={words.lead} actions={markAll}>
      {inbox.isError && !inbox.data ? (
        <ErrorState error={inbox.error} onRetry={() => void inbox.refetch()} />
      ) : inbox.isPending ? (
        <div className={classes.list} aria-hidden>
          {[0, 1].map((row) => (
            <Skeleton key={row} height={130} radius="md" mb="sm" />
          ))}
        </div>
      ) : news.length === 0 ? (
        <EmptyState icon="check" title={words.empty}>
          {words.emptyText}
        </EmptyState>
      ) : (
        <ul className={classes.list}>
          {news.map((event) => (
            <News key={event.event_id} event={event} onMarkRead={() => markRead.mutate([event])} />
          ))}
        </ul>
      )}
    </Page>
  );
}

function News({ event, onMarkRead }: { event: InboxEvent; onMarkRead: () => void }) {
  const words = useWords(bellWords);
  const times = useTimes();
  const hash = event.first_mention_id === null ? undefined : `message-${event.first_mention_id}`;
  return (
    <li className={classes.news} data-mention={event.mentions > 0 || undefined}>
      <PersonAvatar name={event.title} id={event.event_id} size={40} />
      <div className={classes.text}>
        <div className={classes.head}>
          <h2 className={classes.title}>
            <bdi>{event.title}</bdi>
          </h2>
          {event.last_message_at && <time className={classes.time}>{times.brief(event.last_message_at, new Date())}</time>}
        </div>
        <p className={classes.counts}>
          {words.unread(Math.min(event.unread, 100))} {event.unread >= 100 && words.more}
          {event.mentions > 0 && <strong className={classes.mention}>{words.mentions(event.mentions)}</strong>}
          {event.level === "none" && (
            <span className={classes.muted}>
              <Icon name="muted" size={14} /> {words.muted}
            </span>
          )}
        </p>
        {event.last_message_excerpt && <p className={classes.excerpt} dir="auto">{words.said(event.last_message_author, event.last_message_excerpt)}</p>}
        <div className={classes.actions}>
          <Button size="xs" variant="light" renderRoot={(props) => <Link to="/events/$eventId" params={{ eventId: event.event_id }} hash={hash} {...props} />}>
            {hash ? words.toMention : words.open}
          </Button>
          <Button size="xs" variant="subtle" color="gray" onClick={onMarkRead} aria-label={`${words.markRead}: ${event.title}`}>
            {words.markRead}
          </Button>
        </div>
      </div>
    </li>
  );
}
