import { Skeleton, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useSupabase } from "../../data/supabase.ts";
import { useTimes } from "../../locales/times.ts";
import { useWords } from "../../locales/words.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { ErrorState } from "../../ui/error-state.tsx";
import { auditLogQuery } from "./audit-log.ts";
import { tellFacts } from "./facts.ts";
import classes from "./operator.module.css";
import { operatorWords } from "./words.ts";

/** Who did what, the newest first. */
export default function LogView() {
  const words = useWords(operatorWords);
  const times = useTimes();
  const [typed, setTyped] = useState("");
  const [action] = useDebouncedValue(typed.trim().replace(/[^a-z_]/gi, ""), 350);
  const log = useQuery(auditLogQuery(useSupabase(), action));
  return (
    <>
      <div className={classes.filters}>
        <TextInput label={words.action} type="search" value={typed} onChange={(event) => setTyped(event.currentTarget.value)} />
      </div>
      {log.isPending ? (
        <Skeleton height={260} radius="md" />
      ) : !log.data ? (
        <ErrorState error={log.error} onRetry={() => void log.refetch()} />
      ) : log.data.length === 0 ? (
        <EmptyState icon="search" title={words.nothingLogged} />
      ) : (
        <div className={classes.scroll} tabIndex={0} role="region" aria-label={words.views.log}>
          <table className={classes.table}>
            <thead>
              <tr>
                <th data-narrow>{words.time}</th>
                <th data-narrow>{words.action}</th>
                <th data-narrow>{words.actor}</th>
                <th>{words.details}</th>
              </tr>
            </thead>
            <tbody>
              {log.data.map(({ id, at, action: done, actor, details }) => (
                <tr key={id}>
                  <td data-narrow>{times.full(at)}</td>
                  <td data-narrow>{done.replaceAll("_", " ")}</td>
                  <td data-narrow className={classes.mono} title={actor ?? undefined}>
                    {actor ? actor.slice(0, 8) : words.system}
                  </td>
                  <td className={classes.mono} dir="ltr">
                    {tellFacts(details)}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  );
}
