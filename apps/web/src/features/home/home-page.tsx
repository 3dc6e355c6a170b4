import { Button, Skeleton } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useAccount } from "../../data/account.ts";
import { type InboxEvent, useInbox } from "../../data/inbox.ts";
import { useTimes } from "../../locales/times.ts";
import { useWords } from "../../locales/words.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { ErrorState } from "../../ui/error-state.tsx";
import { Icon } from "../../ui/icon.tsx";
import { Page } from "../../ui/page.tsx";
import { PersonAvatar } from "../../ui/person-avatar.tsx";
import { UnreadBadge } from "../../ui/unread-badge.tsx";
import classes from "./home.module.css";
import { homeWords } from "./words.ts";

/** The reader's events, the liveliest first. */
export function HomePage() {
  const words = useWords(homeWords);
  const account = useAccount();
  const inbox = useInbox();
  const mayCreate = (account.runs_organization_ids ?? []).length > 0;
  const create = mayCreate && (
    <Button size="sm" leftSection={<Icon name="plus" size={16} />} renderRoot={(props) => <Link to="/events/new" {...props} />}>
      {words.newEvent}
    </Button>
  );
  return (
    <Page title={words.title} actions={create}>
      {inbox.isPending ? (
        <Placeholders />
      ) : inbox.isError && !inbox.data ? (
        <ErrorState error={inbox.error} onRetry={() => void inbox.refetch()} />
      ) : inbox.data.length === 0 ? (
        <EmptyState icon="chat" title={words.empty}>
          {words.emptyText}
        </EmptyState>
      ) : (
        <ul className={classes.list}>
          {inbox.data.map((event) => (
            <EventRow key={event.event_id} event={event} />
          ))}
        </ul>
      )}
    </Page>
  );
}

function EventRow({ event }: { event: InboxEvent }) {
  const words = useWords(homeWords);
  const times = useTimes();
  return (
    <li>
      <Link to="/events/$eventId" params={{ eventId: event.event_id }} className={classes.row} data-unread={event.unread > 0 || undefined}>
        <PersonAvatar name={event.title} id={event.event_id} size={40} />
        <span className={classes.text}>
          <span className={classes.line}>
            <bdi className={classes.title}>{event.title}</bdi>
            {event.last_message_at && <time className={classes.time}>{times.brief(event.last_message_at, new Date())}</time>}
          </span>
          <span className={classes.line}>
            <span className={classes.excerpt} dir="auto">
              {event.last_message_excerpt === null ? words.quiet : words.said(event.last_message_author, event.last_message_excerpt)}
            </span>
            <UnreadBadge count={event.unread} mentions={event.mentions} label={words.unread(event.unread)} quiet={event.level !== "all"} />
          </span>
        </span>
      </Link>
    </li>
  );
}

function Placeholders() {
  return (
    <div className={classes.list} aria-hidden>
      {[0, 1, 2].map((row) => (
        <div key={row} className={classes.row}>
          <Skeleton height={40} width={40} radius={12} />
          <span className={classes.text}>
            <Skeleton height={14} width="45%" mb={8} />
            <Skeleton height={12} width="80%" />
          </span>
        </div>
      ))}
    </div>
  );
}
