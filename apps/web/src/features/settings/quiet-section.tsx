import { Checkbox, Switch } from "@mantine/core";
import { useState } from "react";
import { useWords } from "../../locales/words.tsx";
import { Section } from "../../ui/page.tsx";
import { ClockInput } from "./clock-input.tsx";
import type { Preferences } from "./preferences.ts";
import classes from "./settings.module.css";
import { settingsWords } from "./words.ts";

const USUAL = { quiet_from: "22:00", quiet_until: "07:00" };

export function QuietSection({ preferences, timeZone, onChange }: { preferences: Preferences; timeZone: string; onChange(change: Partial<Preferences>): void }) {
  const words = useWords(settingsWords);
  const { quiet_from: from, quiet_until: until } = preferences;
  const [same, setSame] = useState(false);
  const choose = (change: { quiet_from: string; quiet_until: string }) => {
    setSame(change.quiet_from === change.quiet_until);
    if (change.quiet_from !== change.quiet_until) onChange(change);
  };
  return (
    <Section title={words.quiet}>
      <Switch
        label={words.quietText}
        checked={from !== null}
        onChange={(event) => onChange(event.currentTarget.checked ? USUAL : { quiet_from: null, quiet_until: null })}
      />
      {from !== null && until !== null && (
        <>
          <div className={classes.fields}>
            <div className={classes.field}>
              <ClockInput label={words.quietFrom} value={from} error={same ? words.quietSame : undefined} onChange={(quiet_from) => choose({ quiet_from, quiet_until: until })} />
            </div>
            <div className={classes.field}>
              <ClockInput label={words.quietUntil} value={until} onChange={(quiet_until) => choose({ quiet_from: from, quiet_until })} />
            </div>
          </div>
          <Checkbox
            mt="sm"
            label={words.quietExceptMentions}
            checked={preferences.quiet_except_mentions}
            onChange={(event) => onChange({ quiet_except_mentions: event.currentTarget.checked })}
          />
          <p className={classes.quiet}>{words.zone(timeZone)}</p>
        </>
      )}
    </Section>
  );
}
