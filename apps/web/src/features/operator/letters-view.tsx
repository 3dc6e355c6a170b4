import { Button, NativeSelect, Skeleton, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useSupabase } from "../../data/supabase.ts";
import { useTimes } from "../../locales/times.ts";
import { useWords } from "../../locales/words.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { ErrorState } from "../../ui/error-state.tsx";
import { LetterDetails } from "./letter-details.tsx";
import { STATUSES, lettersQuery } from "./letters.ts";
import classes from "./operator.module.css";
import { StatusBadge } from "./status-badge.tsx";
import { operatorWords } from "./words.ts";

/** Any letter, found by whom it went to or by an id. */
export default function LettersView() {
  const words = useWords(operatorWords);
  const times = useTimes();
  const [typed, setTyped] = useState("");
  const [search] = useDebouncedValue(typed.trim(), 350);
  const [status, setStatus] = useState("");
  const [opened, setOpened] = useState<string | null>(null);
  const letters = useQuery(lettersQuery(useSupabase(), search, status || null));
  return (
    <>
      <div className={classes.filters}>
        <TextInput label={words.search} description={words.searchHint} type="search" value={typed} onChange={(event) => setTyped(event.currentTarget.value)} />
        <NativeSelect
          label={words.status}
          value={status}
          data={[{ value: "", label: words.anyStatus }, ...STATUSES.map((value) => ({ value, label: value }))]}
          onChange={(event) => setStatus(event.currentTarget.value)}
        />
      </div>
      {letters.isPending ? (
        <Skeleton height={260} radius="md" />
      ) : !letters.data ? (
        <ErrorState error={letters.error} onRetry={() => void letters.refetch()} />
      ) : letters.data.length === 0 ? (
        <EmptyState icon="search" title={words.noLetters} />
      ) : (
        <div className={classes.scroll} tabIndex={0} role="region" aria-label={words.views.letters}>
          <table className={classes.table}>
            <thead>
              <tr>
                <th data-narrow>{words.status}</th>
                <th>{words.address}</th>
                <th>{words.kind}</th>
                <th data-narrow>{words.time}</th>
                <th data-narrow>
                  <span className="visually-hidden">{words.look}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {letters.data.map((letter) => (
                <tr key={letter.id}>
                  <td data-narrow>
                    <StatusBadge status={letter.status} />
                  </td>
                  <td>
                    {letter.address ?? words.forgotten}
                    {letter.reason && <div className={classes.note}>{letter.reason}</div>}
                  </td>
                  <td>{letter.kind}</td>
                  <td data-narrow>{times.full(letter.sent_at ?? letter.created_at)}</td>
                  <td data-narrow>
                    <Button size="compact-sm" variant="default" aria-label={`${words.look}: ${letter.address ?? letter.id}`} onClick={() => setOpened(letter.id)}>
                      {words.look}
                    </Button>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <LetterDetails emailId={opened} onClose={() => setOpened(null)} />
    </>
  );
}
