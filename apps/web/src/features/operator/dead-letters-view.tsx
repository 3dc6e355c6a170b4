import { Alert, Button, Checkbox, Group, Modal, Progress, Skeleton } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useSupabase } from "../../data/supabase.ts";
import { useTimes } from "../../locales/times.ts";
import { useWords } from "../../locales/words.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { ErrorState } from "../../ui/error-state.tsx";
import { decideLetters } from "./decide-letters.ts";
import { LetterDetails } from "./letter-details.tsx";
import { type DeadLetter, deadLettersQuery } from "./letters.ts";
import classes from "./operator.module.css";
import { operatorWords } from "./words.ts";

type Decision = "retry" | "discard";

/** Letters that wait for a decision: why, how they look, and sending them again or not. */
export default function DeadLettersView() {
  const words = useWords(operatorWords);
  const supabase = useSupabase();
  const queryClient = useQueryClient();
  const letters = useQuery(deadLettersQuery(supabase));
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [opened, setOpened] = useState<string | null>(null);
  const [discarding, setDiscarding] = useState<string[] | null>(null);
  const [progress, setProgress] = useState<number | null>(null);
  const decide = useMutation({
    mutationFn: async ({ decision, ids }: { decision: Decision; ids: string[] }) => ({
      decision,
      count: await decideLetters(supabase, decision, ids, (done) => setProgress((done / ids.length) * 100)),
    }),
    onSettled: () => {
      setChosen(new Set());
      setProgress(null);
      return queryClient.invalidateQueries({ queryKey: ["operator"] });
    },
  });
  if (letters.isPending) return <Skeleton height={260} radius="md" />;
  if (!letters.data) return <ErrorState error={letters.error} onRetry={() => void letters.refetch()} />;
  const ids = letters.data.map(({ id }) => id).filter((id) => chosen.has(id));
  return (
    <>
      <div role="status">
        {decide.data && (
          <Alert mb="md" variant="light" color="green">
            {decide.data.decision === "retry" ? words.retried(decide.data.count) : words.discarded(decide.data.count)}
          </Alert>
        )}
        {decide.isError && (
          <Alert mb="md" variant="light" color="red">
            {decide.error.message}
          </Alert>
        )}
      </div>
      {letters.data.length === 0 ? (
        <EmptyState icon="check" title={words.noFailed}>
          {words.noFailedText}
        </EmptyState>
      ) : (
        <>
          <div className={classes.bar}>
            <Checkbox
              label={ids.length === 0 ? words.all : words.chosen(ids.length)}
              checked={ids.length === letters.data.length}
              indeterminate={ids.length > 0 && ids.length < letters.data.length}
              onChange={() => setChosen(ids.length === letters.data.length ? new Set() : new Set(letters.data.map(({ id }) => id)))}
            />
            <Button size="xs" disabled={ids.length === 0} loading={decide.isPending} onClick={() => decide.mutate({ decision: "retry", ids })}>
              {words.retry}
            </Button>
            <Button size="xs" variant="default" disabled={ids.length === 0 || decide.isPending} onClick={() => setDiscarding(ids)}>
              {words.discard}
            </Button>
          </div>
          {progress !== null && <Progress mb="sm" value={progress} aria-label={words.retry} />}
          <ul className={classes.list}>
            {letters.data.map((letter) => (
              <DeadLetterRow
                key={letter.id}
                letter={letter}
                chosen={chosen.has(letter.id)}
                onChoose={() => setChosen(toggled(chosen, letter.id))}
                onLook={() => setOpened(letter.id)}
              />
            ))}
          </ul>
        </>
      )}
      <LetterDetails emailId={opened} onClose={() => setOpened(null)} />
      <Modal opened={discarding !== null} onClose={() => setDiscarding(null)} title={words.discard} closeButtonProps={{ "aria-label": words.close }}>
        <p>{words.confirmDiscard(discarding?.length ?? 0)}</p>
        <Group mt="md" justify="flex-end">
          <Button variant="default" onClick={() => setDiscarding(null)}>
            {words.cancel}
          </Button>
          <Button
            color="red"
            onClick={() => {
              decide.mutate({ decision: "discard", ids: discarding ?? [] });
              setDiscarding(null);
            }}
          >
            {words.discard}
          </Button>
        </Group>
      </Modal>
    </>
  );
}

function DeadLetterRow({ letter, chosen, onChoose, onLook }: { letter: DeadLetter; chosen: boolean; onChoose(): void; onLook(): void }) {
  const words = useWords(operatorWords);
  const times = useTimes();
  return (
    <li className={classes.row}>
      <Checkbox aria-label={words.choose(letter.id)} checked={chosen} onChange={onChoose} />
      <div className={classes.grow}>
        <strong>{[letter.code, letter.reason].filter(Boolean).join(": ").replaceAll("_", " ")}</strong>
        <span className={classes.note}>
          {letter.kind} · {words.attempts(letter.attempts)} · {times.full(letter.failed_at)}
          {letter.last_error && letter.last_error !== letter.reason && ` · ${letter.last_error}`}
          {letter.known_to_provider && ` · ${words.knownToProvider}`}
        </span>
      </div>
      <Button size="xs" variant="default" aria-label={`${words.look}: ${letter.id}`} onClick={onLook}>
        {words.look}
      </Button>
    </li>
  );
}

function toggled(chosen: ReadonlySet<string>, id: string): Set<string> {
  const next = new Set(chosen);
  if (!next.delete(id)) next.add(id);
  return next;
}
