import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { dataOf } from "../../data/failure.ts";
import { useSupabase } from "../../data/supabase.ts";
import { useTimes } from "../../locales/times.ts";
import { useWords } from "../../locales/words.tsx";
import { Section } from "../../ui/page.tsx";
import { suppressionsQuery } from "./delivery.ts";
import { Loaded } from "./loaded.tsx";
import classes from "./operator.module.css";
import { operatorWords } from "./words.ts";

export function SuppressionsSection() {
  const words = useWords(operatorWords);
  const times = useTimes();
  const supabase = useSupabase();
  const queryClient = useQueryClient();
  const suppressions = useQuery(suppressionsQuery(supabase));
  const lift = useMutation({
    mutationFn: (address: string) => dataOf(supabase.rpc("lift_suppression", { address })),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ["operator", "suppressions"] }),
  });
  return (
    <Section title={words.suppressions} lead={words.suppressionsText}>
      <Loaded query={suppressions} height={64}>
        {(rows) =>
          rows.length === 0 ? (
            <p className={classes.note}>{words.noSuppressions}</p>
          ) : (
            <ul className={classes.list}>
              {rows.map(({ id, address, reason, suppressed_at }) => (
                <li key={id} className={classes.row}>
                  <div className={classes.grow}>
                    <strong>{address ?? words.forgotten}</strong>
                    <span className={classes.note}>
                      {reason} · {times.full(suppressed_at)}
                    </span>
                  </div>
                  {address && (
                    <Button size="xs" variant="default" aria-label={`${words.lift}: ${address}`} onClick={() => lift.mutate(address)}>
                      {words.lift}
                    </Button>
                  )}
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </Section>
  );
}
