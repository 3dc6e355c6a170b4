import { useQuery } from "@tanstack/react-query";
import { useSupabase } from "../../data/supabase.ts";
import { useWords } from "../../locales/words.tsx";
import { useFigures } from "./figures.ts";
import { Loaded } from "./loaded.tsx";
import { costsQuery } from "./now.ts";
import classes from "./operator.module.css";
import { operatorWords } from "./words.ts";

const SHOWN = 8;

/** Which events cost the most letters. */
export function CostsTable() {
  const words = useWords(operatorWords);
  const figures = useFigures();
  const costs = useQuery(costsQuery(useSupabase()));
  return (
    <div className={classes.panel}>
      <h2>{words.costliest}</h2>
      <Loaded query={costs} height={200}>
        {(rows) =>
          rows.length === 0 ? (
            <p className={classes.note}>{words.notYet}</p>
          ) : (
            <table className={classes.table}>
              <thead>
                <tr>
                  <th>{words.event}</th>
                  <th data-narrow>{words.letterCount}</th>
                </tr>
              </thead>
              <tbody>
                {rows.slice(0, SHOWN).map(({ event_id, title, organization_name, letters }) => (
                  <tr key={event_id}>
                    <td>
                      <bdi>{title ?? event_id}</bdi>
                      <div className={classes.note}>{organization_name}</div>
                    </td>
                    <td data-narrow>{figures.count(Math.round(letters))}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          )
        }
      </Loaded>
    </div>
  );
}
