import { Button } from "@mantine/core";
import type { Account } from "../../data/account.ts";
import { useWords } from "../../locales/words.tsx";
import { Icon } from "../../ui/icon.tsx";
import { PersonAvatar } from "../../ui/person-avatar.tsx";
import { MessageText } from "./message-text.tsx";
import type { Outbox, Outgoing } from "./outbox.ts";
import classes from "./message.module.css";
import { roomWords } from "./words.ts";

/** A message that the server does not have yet. */
export function OutgoingRow({ outgoing, opens, account, outbox }: { outgoing: Outgoing; opens: boolean; account: Account; outbox: Outbox }) {
  const words = useWords(roomWords);
  return (
    <article className={classes.row} data-opens={opens || undefined} data-state={outgoing.state}>
      <div className={classes.side}>{opens && <PersonAvatar name={account.display_name} id={account.user_id} size={36} />}</div>
      <div className={classes.body}>
        {opens && (
          <div className={classes.head}>
            <bdi className={classes.author}>{account.display_name}</bdi>
          </div>
        )}
        <MessageText body={outgoing.body} myHandle={account.handle} />
        {outgoing.state === "sending" && <span className="visually-hidden">{words.sending}</span>}
        {outgoing.state === "waiting" && (
          <p className={classes.quiet}>
            <Icon name="offline" size={14} /> {words.waiting}
          </p>
        )}
        {outgoing.state === "refused" && (
          <div className={classes.refused} role="alert">
            <Icon name="warning" size={14} /> {words.refused}: {outgoing.reason}
            <Button size="compact-xs" variant="default" onClick={() => outbox.retry(outgoing.key)}>
              {words.retry}
            </Button>
            <Button size="compact-xs" variant="subtle" color="red" onClick={() => outbox.discard(outgoing.key)}>
              {words.discard}
            </Button>
          </div>
        )}
      </div>
    </article>
  );
}
