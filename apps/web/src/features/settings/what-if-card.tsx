import { createTimes } from "../../locales/times.ts";
import { useLanguage, useWords } from "../../locales/words.tsx";
import { Icon } from "../../ui/icon.tsx";
import classes from "./settings.module.css";
import type { useWhatIf } from "./use-what-if.ts";
import { settingsWords } from "./words.ts";

/** How the last days would have looked under what was just changed. */
export function WhatIfCard({ proposal, simulated, failed, timeZone }: Omit<ReturnType<typeof useWhatIf>, "compare"> & { timeZone: string }) {
  const words = useWords(settingsWords);
  const times = createTimes(useLanguage(), timeZone);
  return (
    <section className={classes.card} aria-live="polite">
      <h2>
        <Icon name="retry" size={16} /> {words.whatIf}
      </h2>
      {failed ? (
        <p className={classes.quiet}>{words.notCounted}</p>
      ) : !simulated ? (
        <p className={classes.quiet}>{words.counting}</p>
      ) : (
        <>
          <p className={classes.big}>
            {simulated.proposed.letters === simulated.now.letters ? words.same(simulated.now.letters) : words.change(simulated.now.letters, simulated.proposed.letters)}
          </p>
          {!proposal && <p className={classes.quiet}>{words.whatIfLead}</p>}
          {simulated.proposed.list.length > 0 && (
            <details>
              <summary>{words.list}</summary>
              <div className={classes.letters} tabIndex={0} role="region" aria-label={words.letters}>
                {simulated.proposed.list.map((letter, i) => (
                  <div key={i} className={classes.letter}>
                    <time dateTime={letter.at.toISOString()}>{times.full(letter.at)}</time>
                    <div className={classes.quiet}>
                      {letter.events.some(({ mentions }) => mentions > 0) && `${words.mentionLetter} · `}
                      {letter.kind === "digest" && `${words.digestLetter} · `}
                      {letter.events.map(({ title, count }) => `⁨${title ?? "–"}⁩ (${words.messages(count)})`).join(", ")}
                    </div>
                  </div>
                ))}
              </div>
            </details>
          )}
        </>
      )}
    </section>
  );
}
