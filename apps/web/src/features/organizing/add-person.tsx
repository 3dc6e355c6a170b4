import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { asking } from "../../data/failure.ts";
import { useSupabase } from "../../data/supabase.ts";
import { useWords } from "../../locales/words.tsx";
import classes from "./organizing.module.css";
import { organizingWords } from "./words.ts";

const ROLES = ["participant", "speaker", "volunteer", "organizer"] as const;

export function AddPerson({ eventId }: { eventId: string }) {
  const words = useWords(organizingWords);
  const supabase = useSupabase();
  const queryClient = useQueryClient();
  const [handle, setHandle] = useState("");
  const [role, setRole] = useState<string>("participant");
  const adding = useMutation({
    async mutationFn(wanted: string) {
      await asking(supabase.rpc("add_person", { event_id: eventId, handle: wanted, role }));
      return wanted;
    },
    async onSuccess() {
      setHandle("");
      await queryClient.invalidateQueries({ queryKey: ["event-people", eventId] });
    },
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        adding.mutate(handle.trim().replace(/^@/, ""));
      }}
    >
      <div className={classes.adding}>
        <TextInput label={words.handle} leftSection="@" dir="ltr" required spellCheck={false} autoCapitalize="none" autoComplete="off" value={handle} onChange={(event) => setHandle(event.currentTarget.value)} error={adding.isError} />
        <NativeSelect label={words.role} value={role} data={ROLES.map((value) => ({ value, label: words.roles[value] }))} onChange={(event) => setRole(event.currentTarget.value)} />
        <Button type="submit" loading={adding.isPending} disabled={handle.trim() === ""}>
          {words.add}
        </Button>
      </div>
      <p role="status" className={classes.outcome}>
        {adding.isSuccess && words.added(adding.data)}
      </p>
      {adding.isError && (
        <p role="alert" className={classes.failed}>
          {adding.error.message}
        </p>
      )}
    </form>
  );
}
