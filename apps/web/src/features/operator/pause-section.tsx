import { Alert, Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { dataOf } from "../../data/failure.ts";
import { useSupabase } from "../../data/supabase.ts";
import { useTimes } from "../../locales/times.ts";
import { useWords } from "../../locales/words.tsx";
import { Section } from "../../ui/page.tsx";
import { type Pause, pausesQuery, previewQuery } from "./delivery.ts";
import classes from "./operator.module.css";
import { operatorWords } from "./words.ts";

/** Pausing and resuming: before resuming it says what would go. */
export function PauseSection() {
  const words = useWords(operatorWords);
  const supabase = useSupabase();
  const queryClient = useQueryClient();
  const pauses = useQuery(pausesQuery(supabase)).data ?? [];
  const change = useMutation({
    mutationFn: ({ pause, scope, id }: { pause: boolean; scope: Pause["scope"]; id: string | null }) =>
      dataOf(supabase.rpc(pause ? "pause_delivery" : "resume_delivery", { scope, id })),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ["operator"] }),
  });
  const everything = pauses.some(({ scope }) => scope === "everything");
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
            <PausedRow key={`${pause.scope} ${pause.id}`} pause={pause} onResume={() => change.mutate({ pause: false, scope: pause.scope, id: pause.id })} />
          ))}
        </ul>
      )}
      {!everything && (
        <Button mt="sm" variant="default" loading={change.isPending} onClick={() => change.mutate({ pause: true, scope: "everything", id: null })}>
          {words.pauseAll}
        </Button>
      )}
    </Section>
  );
}

function PausedRow({ pause, onResume }: { pause: Pause; onResume(): void }) {
  const words = useWords(operatorWords);
  const times = useTimes();
  const preview = useQuery(previewQuery(useSupabase(), pause)).data;
  return (
    <li className={classes.row} data-open>
      <div className={classes.grow}>
        <strong>{words.pausedSince(words.scopes[pause.scope], times.full(pause.paused_at))}</strong>
        <span className={classes.note}>{preview && words.wouldSend(preview.recipients, preview.notifications, preview.go_to_digest)}</span>
        {pause.id && <div className={classes.facts}>{pause.id}</div>}
      </div>
      <Button size="xs" onClick={onResume}>
        {words.resume}
      </Button>
    </li>
  );
}
