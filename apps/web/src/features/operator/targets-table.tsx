import { useQuery } from "@tanstack/react-query";
import { useSupabase } from "../../data/supabase.ts";
import { useWords } from "../../locales/words.tsx";
import { useFigures } from "./figures.ts";
import { Loaded } from "./loaded.tsx";
import { targetsQuery } from "./now.ts";
import classes from "./operator.module.css";
import { operatorWords } from "./words.ts";

/** The specification's targets beside what was measured. */
export function TargetsTable() {
  const words = useWords(operatorWords);
  const figures = useFigures();
  const targets = useQuery(targetsQuery(useSupabase()));
  return (
    <div className={classes.panel}>
      <h2>{words.targets}</h2>
      <Loaded query={targets} height={200}>
        {(rows) => (
          <table className={classes.table}>
            <thead>
              <tr>
                <th>{words.target}</th>
                <th>{words.goal}</th>
                <th>{words.measured}</th>
                <th data-narrow>{words.holds}</th>
              </tr>
            </thead>
            <tbody>
              {rows.map(({ target, goal, measured, unit, holds }) => (
                <tr key={target}>
                  <td>{words.targetNames[target] ?? target}</td>
                  <td>{figures.inUnit(goal, unit)}</td>
                  <td>{measured === null ? words.notYet : figures.inUnit(measured, unit)}</td>
                  <td data-narrow>
                    {holds !== null && (
                      <span className={classes.status} data-tone={holds ? "good" : "bad"}>
                        {holds ? words.yes : words.no}
                      </span>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </Loaded>
    </div>
  );
}
