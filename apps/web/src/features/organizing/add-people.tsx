import { Button, NativeSelect, Textarea } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { asking } from "../../data/failure.ts";
import { useSupabase } from "../../data/supabase.ts";
import { useWords } from "../../locales/words.tsx";
import { invite, readPeople } from "./invitations.ts";
import classes from "./organizing.module.css";
import { organizingWords } from "./words.ts";

const ROLES = ["participant", "speaker", "volunteer", "organizer"] as const;

/** Adds people by handle and invites them by address, as many as were pasted. */
export function AddPeople({ eventId, title }: { eventId: string; title: string }) {
  const words = useWords(organizingWords);
  const supabase = useSupabase();
  const queryClient = useQueryClient();
  const [text, setText] = useState("");
  const [role, setRole] = useState<string>("participant");
  const people = readPeople(text);
  const adding = useMutation({
    async mutationFn({ handles, addresses }: ReturnType<typeof readPeople>) {
      // Handles first: an unknown one is the likely mistake, and adding the others again changes nothing.
      for (const handle of handles) await asking(supabase.rpc("add_person", { event_id: eventId, handle, role }));
      if (addresses.length > 0) await invite(supabase, eventId, addresses, role);
      return { handles, addresses };
    },
    onSuccess: () => setText(""),
    onSettled: () => Promise.all(["event-people", "event-invitations"].map((key) => queryClient.invalidateQueries({ queryKey: [key, eventId] }))),
  });
  const { subject, body } = words.letter(title, new URL(`/events/${eventId}`, location.origin).href);
  const done = adding.data;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (people.wrong.length === 0) adding.mutate(people);
      }}
    >
      <div className={classes.adding}>
        <Textarea
          label={words.who}
          description={words.whoHint}
          autosize
          minRows={1}
          maxRows={6}
          dir="ltr"
          spellCheck={false}
          autoCapitalize="none"
          autoComplete="off"
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          error={people.wrong.length > 0 && /[\s,;]$/.test(text) ? words.wrong(people.wrong.join(", ")) : adding.isError ? adding.error.message : undefined}
        />
        <NativeSelect label={words.role} value={role} data={ROLES.map((value) => ({ value, label: words.roles[value] }))} onChange={(event) => setRole(event.currentTarget.value)} />
        <Button type="submit" loading={adding.isPending} disabled={people.handles.length + people.addresses.length === 0 || people.wrong.length > 0}>
          {words.add}
        </Button>
      </div>
      <div role="status" className={classes.outcome}>
        {done && done.handles.length > 0 && <span>{words.added(done.handles.map((handle) => `@${handle}`).join(", "))}</span>}
        {done && done.addresses.length > 0 && (
          <span>
            {words.invited(done.addresses.length)} {words.invitedText}{" "}
            {/* Blind copies: they need not know of each other. */}
            <a href={`mailto:?bcc=${done.addresses.map(encodeURIComponent).join(",")}&subject=${encodeURIComponent(subject)}&body=${encodeURIComponent(body)}`}>{words.writeThem}</a>
          </span>
        )}
      </div>
    </form>
  );
}
