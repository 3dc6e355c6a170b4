import { ActionIcon, Menu } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { memo } from "react";
import type { Person } from "../../data/people.ts";
import { useTimes } from "../../locales/times.ts";
import { useWords } from "../../locales/words.tsx";
import { Icon } from "../../ui/icon.tsx";
import { PersonAvatar } from "../../ui/person-avatar.tsx";
import { MessageText } from "./message-text.tsx";
import type { Message } from "./message.ts";
import classes from "./message.module.css";
import { roomWords } from "./words.ts";

interface MessageRowProps {
  message: Message;
  /** undefined: not known yet; null: no longer to be seen. */
  author: Person | null | undefined;
  opens: boolean;
  mine: boolean;
  /** May delete what others wrote. */
  runs: boolean;
  myHandle: string;
  aimedAt: boolean;
  onEdit(message: Message): void;
  onRemove(message: Message): void;
}

export const MessageRow = memo(function MessageRow({ message, author, opens, mine, runs, myHandle, aimedAt, onEdit, onRemove }: MessageRowProps) {
  const words = useWords(roomWords);
  const times = useTimes();
  const deleted = message.deleted_at !== null;
  const name = author?.display_name ?? (author === null || message.user_id === null ? words.someoneWhoLeft : "…");
  return (
    <article className={classes.row} id={`message-${message.id}`} data-opens={opens || undefined} data-aimed={aimedAt || undefined} aria-label={`${name}, ${times.full(message.created_at)}`}>
      <div className={classes.side}>
        {opens ? <PersonAvatar name={name} id={message.user_id} size={36} /> : <time className={classes.aside}>{times.clock(message.created_at)}</time>}
      </div>
      <div className={classes.body}>
        {opens && (
          <div className={classes.head}>
            <bdi className={classes.author}>{name}</bdi>
            <time className={classes.time} dateTime={message.created_at.toISOString()} title={times.full(message.created_at)}>
              {times.clock(message.created_at)}
            </time>
          </div>
        )}
        {deleted ? (
          <span className={classes.quiet}>{words.deleted}</span>
        ) : (
          <>
            <MessageText body={message.body} myHandle={myHandle} />
            {message.edited_at && <span className={classes.edited}> ({words.edited})</span>}
          </>
        )}
      </div>
      {!deleted && (
        <Menu position="bottom-end" width={210}>
          <Menu.Target>
            <ActionIcon className={classes.menu} variant="default" size="sm" aria-label={words.actions}>
              <Icon name="more" size={16} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            {mine && (
              <Menu.Item leftSection={<Icon name="edit" size={16} />} onClick={() => onEdit(message)}>
                {words.edit}
              </Menu.Item>
            )}
            <Menu.Item leftSection={<Icon name="info" size={16} />} renderRoot={(props) => <Link to="/receipts/$receiptId" params={{ receiptId: String(message.id) }} search={{ event: message.event_id }} {...props} />}>
              {words.openReceipt}
            </Menu.Item>
            {(mine || runs) && (
              <Menu.Item color="red" leftSection={<Icon name="trash" size={16} />} onClick={() => onRemove(message)}>
                {words.remove}
              </Menu.Item>
            )}
          </Menu.Dropdown>
        </Menu>
      )}
    </article>
  );
});
