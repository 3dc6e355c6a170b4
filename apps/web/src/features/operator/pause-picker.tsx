import { Button, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useSupabase } from "../../data/supabase.ts";
import { useWords } from "../../locales/words.tsx";
import { Icon } from "../../ui/icon.tsx";
import { scopesQuery } from "./delivery.ts";
import { Loaded } from "./loaded.tsx";
import classes from "./operator.module.css";
import type { Subject } from "./pause-section.tsx";
import { operatorWords } from "./words.ts";

const SHOWN = 6;

/** One organization or event to pause, found by its name. */
export function PausePicker({ changing, onPause }: { changing(subject: Subject): boolean; onPause(subject: Subject): void }) {
  const words = useWords(operatorWords);
  const [typed, setTyped] = useState("");
  const [search] = useDebouncedValue(typed.trim(), 250);
  const scopes = useQuery(scopesQuery(useSupabase(), search));
  return (
    <div className={classes.picker}>
      <TextInput
        label={words.pauseOne}
        description={words.pauseOneText}
        leftSection={<Icon name="search" size={16} />}
        type="search"
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
      <Loaded query={scopes} height={190}>
        {(found) => {
          const running = found.filter(({ paused }) => !paused).slice(0, SHOWN);
          if (running.length === 0) return <p className={classes.note}>{words.nothingFound}</p>;
          return (
            <ul className={classes.list}>
              {running.map(({ scope, id, name, organization_name }) => (
                <li key={`${scope} ${id}`} className={classes.row}>
                  <div className={classes.grow}>
                    <strong>
                      <bdi>{name}</bdi>
                    </strong>
                    <span className={classes.note}>{scope === "event" ? <bdi>{organization_name}</bdi> : words.scopes.organization}</span>
                  </div>
                  <Button size="xs" variant="default" loading={changing({ scope, id })} aria-label={`${words.pause}: ${name}`} onClick={() => onPause({ scope, id })}>
                    {words.pause}
                  </Button>
                </li>
              ))}
            </ul>
          );
        }}
      </Loaded>
    </div>
  );
}
