import { Alert, Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { dataOf } from "../../data/failure.ts";
import { useSupabase } from "../../data/supabase.ts";
import { useTimes } from "../../locales/times.ts";
import { useWords } from "../../locales/words.tsx";
import { Section } from "../../ui/page.tsx";
import { type Pause, pausesQuery, previewQuery, scopesQuery } from "./delivery.ts";
import classes from "./operator.module.css";
import { PausePicker } from "./pause-picker.tsx";
import { operatorWords } from "./words.ts";

export type Subject = Pick<Pause, "scope" | "id">;

/** Pausing and resuming everything, an organization or an event: before resuming it says what would go. */
export function PauseSection() {
  const words = useWords(operatorWords);
  const supabase = useSupabase();
  const queryClient = useQueryClient();
  const pauses = useQuery(pausesQuery(supabase)).data ?? [];
  const change = useMutation({
    mutationFn: ({ pause, scope, id }: Subject & { pause: boolean }) => dataOf(supabase.rpc(pause ? "pause_delivery" : "resume_delivery", { scope, id })),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ["operator"] }),
  });
  const everything = pauses.some(({ scope }) => scope === "everything");
  const changing = (subject: Subject) => change.isPending && change.variables.scope === subject.scope && change.variables.id === subject.id;
  return (
    <Section title={words.views.delivery} lead={words.pauseText}>
      {change.isError && (
        <Alert color="red" variant="light" role="alert" mb="sm">
          {change.error.message}
        </Alert>
      )}
      {pauses.length > 0 && (
        <ul className={classes.list}>
          {pauses.map((pause) => (
            <PausedRow key={`${pause.scope} ${pause.id}`} pause={pause} resuming={changing(pause)} onResume={() => change.mutate({ pause: false, scope: pause.scope, id: pause.id })} />
          ))}
        </ul>
      )}
      {!everything && (
        <>
          <Button mt="sm" variant="default" loading={changing({ scope: "everything", id: null })} onClick={() => change.mutate({ pause: true, scope: "everything", id: null })}>
            {words.pauseAll}
          </Button>
          <PausePicker changing={changing} onPause={(subject) => change.mutate({ pause: true, ...subject })} />
        </>
      )}
    </Section>
  );
}

function PausedRow({ pause, resuming, onResume }: { pause: Pause; resuming: boolean; onResume(): void }) {
  const words = useWords(operatorWords);
  const times = useTimes();
  const supabase = useSupabase();
  const preview = useQuery(previewQuery(supabase, pause)).data;
  const name = useQuery({ ...scopesQuery(supabase, ""), enabled: pause.id !== null }).data?.find(({ scope, id }) => scope === pause.scope && id === pause.id)?.name;
  return (
    <li className={classes.row} data-open>
      <div className={classes.grow}>
        <strong>{words.pausedSince(name ?? words.scopes[pause.scope], times.full(pause.paused_at))}</strong>
        <span className={classes.note}>{preview && words.wouldSend(preview.recipients, preview.notifications, preview.go_to_digest)}</span>
        {pause.id && !name && <div className={classes.facts}>{pause.id}</div>}
      </div>
      <Button size="xs" loading={resuming} onClick={onResume} aria-label={`${words.resume}: ${name ?? words.scopes[pause.scope]}`}>
        {words.resume}
      </Button>
    </li>
  );
}
