import { ActionIcon } from "@mantine/core";
import { useHasMailbox } from "../../data/mailbox.ts";
import { useWords } from "../../locales/words.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { Icon } from "../../ui/icon.tsx";
import classes from "./mailbox.module.css";
import { mailboxWords } from "./words.ts";

/** The simulator's mailbox, which shows letters as recipients see them, in a frame: its pages belong to the mail service. */
export function MailboxPage() {
  const words = useWords(mailboxWords);
  if (!useHasMailbox()) {
    return (
      <EmptyState alone icon="mailbox" title={words.none}>
        {words.noneText}
      </EmptyState>
    );
  }
  return (
    <section className={classes.page}>
      <header className={classes.header}>
        {/* The frame shows its own. */}
        <h1 className="visually-hidden">{words.title}</h1>
        <p className={classes.lead}>{words.lead}</p>
        <ActionIcon component="a" href="/resend/mailbox" target="_blank" variant="subtle" color="gray" aria-label={words.inTab} title={words.inTab}>
          <Icon name="external" />
        </ActionIcon>
      </header>
      <iframe className={classes.frame} src="/resend/mailbox" title={words.frame} />
    </section>
  );
}
