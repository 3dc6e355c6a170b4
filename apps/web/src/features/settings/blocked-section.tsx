import { Button, TextInput } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useAccount } from "../../data/account.ts";
import { useSupabase } from "../../data/supabase.ts";
import { useWords } from "../../locales/words.tsx";
import { Section } from "../../ui/page.tsx";
import { PersonAvatar } from "../../ui/person-avatar.tsx";
import { blockedQuery, findByHandle } from "./blocked-senders.ts";
import classes from "./settings.module.css";
import { useBlock, useUnblock } from "./use-settings.ts";
import { settingsWords } from "./words.ts";

export function BlockedSection() {
  const words = useWords(settingsWords);
  const blocked = useQuery(blockedQuery(useSupabase())).data ?? [];
  const unblock = useUnblock();
  return (
    <Section title={words.blocked} lead={words.blockedLead}>
      {blocked.length > 0 && (
        <ul className={classes.events}>
          {blocked.map(({ sender_id, name, handle }) => (
            <li key={sender_id} className={classes.event}>
              <PersonAvatar name={name ?? "?"} id={sender_id} size={28} />
              <div className={classes.eventName}>
                <bdi>{name ?? words.somebody}</bdi>
                {handle && <span className={classes.quiet}>@{handle}</span>}
              </div>
              <Button variant="default" size="xs" aria-label={words.unblockPerson(name ?? words.somebody)} onClick={() => unblock.mutate(sender_id)}>
                {words.unblock}
              </Button>
            </li>
          ))}
        </ul>
      )}
      <BlockForm />
    </Section>
  );
}

function BlockForm() {
  const words = useWords(settingsWords);
  const supabase = useSupabase();
  const { user_id } = useAccount();
  const [handle, setHandle] = useState("");
  const block = useBlock();
  const finding = useMutation({
    mutationFn: () => findByHandle(supabase, handle),
    onSuccess: (person) => {
      if (!person || person.user_id === user_id) return;
      setHandle("");
      block.mutate({ sender_id: person.user_id, name: person.display_name, handle: person.handle });
    },
  });
  const problem = finding.isError ? finding.error.message : finding.data === null ? words.nobodyFound : finding.data?.user_id === user_id ? words.notYourself : undefined;
  return (
    <form
      className={classes.fields}
      onSubmit={(event) => {
        event.preventDefault();
        finding.mutate();
      }}
    >
      <TextInput
        className={classes.field}
        label={words.handle}
        placeholder="@"
        value={handle}
        error={problem}
        onChange={(event) => {
          setHandle(event.currentTarget.value);
          finding.reset();
        }}
      />
      <Button type="submit" variant="default" disabled={handle.trim().length < 2} loading={finding.isPending}>
        {words.block}
      </Button>
    </form>
  );
}
