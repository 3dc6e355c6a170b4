import { Alert, Button, NativeSelect, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useAccount } from "../../data/account.ts";
import { asking } from "../../data/failure.ts";
import { useSupabase } from "../../data/supabase.ts";
import { useWords } from "../../locales/words.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { Page } from "../../ui/page.tsx";
import { organizationsQuery } from "./organization.ts";
import classes from "./organizing.module.css";
import { organizingWords } from "./words.ts";

export function NewEventPage() {
  const words = useWords(organizingWords);
  const supabase = useSupabase();
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const ids = useAccount().runs_organization_ids ?? [];
  const { data: organizations = [] } = useQuery(organizationsQuery(supabase, ids));
  const [title, setTitle] = useState("");
  const [chosen, setChosen] = useState<string | null>(null);
  const creating = useMutation({
    async mutationFn() {
      const id = crypto.randomUUID();
      await asking(supabase.from("events").insert({ id, organization_id: chosen ?? organizations[0]?.id, title: title.trim() }));
      await queryClient.invalidateQueries({ queryKey: ["inbox"] });
      await navigate({ to: "/events/$eventId/organize", params: { eventId: id } });
    },
  });
  if (ids.length === 0) {
    return (
      <EmptyState alone icon="people" title={words.notYours}>
        {words.notYoursText}
      </EmptyState>
    );
  }
  return (
    <Page title={words.newTitle} lead={words.newLead}>
      <form
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault();
          creating.mutate();
        }}
      >
        <TextInput label={words.eventTitle} required maxLength={200} data-autofocus value={title} onChange={(event) => setTitle(event.currentTarget.value)} />
        <NativeSelect
          label={words.organization}
          value={chosen ?? organizations[0]?.id ?? ""}
          data={organizations.map(({ id, name }) => ({ value: id, label: name }))}
          onChange={(event) => setChosen(event.currentTarget.value)}
        />
        {creating.isError && (
          <Alert color="red" variant="light" role="alert">
            {creating.error.message}
          </Alert>
        )}
        <Button type="submit" loading={creating.isPending} disabled={title.trim() === "" || organizations.length === 0}>
          {words.create}
        </Button>
      </form>
    </Page>
  );
}
