import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useSupabase } from "../../data/supabase.ts";
import { createTimes } from "../../locales/times.ts";
import { useLanguage, useWords } from "../../locales/words.tsx";
import { Icon } from "../../ui/icon.tsx";
import { type NextLetter, nextLetterQuery } from "./next-letter.ts";
import classes from "./settings.module.css";
import { settingsWords } from "./words.ts";

/** When the reader's next letter leaves and what it tells, always in sight while they change their mind. */
export function NextLetterCard({ timeZone }: { timeZone: string }) {
  const words = useWords(settingsWords);
  const letter = useQuery(nextLetterQuery(useSupabase()));
  return (
    <section className={classes.card} aria-live="polite">
      <h2>
        <Icon name="mailbox" size={16} /> {words.next}
      </h2>
      {letter.data ? <Foreseen letter={letter.data} timeZone={timeZone} /> : letter.isPending ? <Skeleton height={40} /> : <p className={classes.quiet}>{words.notCounted}</p>}
    </section>
  );
}

const FIXED_IN_THE_ACCOUNT = ["address_suppressed", "address_unverified", "address_change_unconfirmed", "address_missing", "address_invalid"];

function Foreseen({ letter, timeZone }: { letter: NextLetter; timeZone: string }) {
  const words = useWords(settingsWords);
  const times = createTimes(useLanguage(), timeZone);
  const now = new Date();
  const when = (time: Date) => (time.getTime() - now.getTime() < 20 * 3_600_000 && times.brief(time, now) === times.clock(time) ? times.clock(time) : `${times.day(time)}, ${times.clock(time)}`);
  if (letter.problem)
    return (
      <p className={classes.big}>
        {words.problems(letter.problem)} {FIXED_IN_THE_ACCOUNT.includes(letter.problem) && <Link to="/settings/account">{words.fix}</Link>}
      </p>
    );
  if (letter.news.length === 0)
    return <p className={classes.quiet}>{letter.next_digest_at ? words.nothingWaitsDigest(when(letter.next_digest_at)) : words.nothingWaits}</p>;
  return (
    <>
      <p className={classes.big}>
        {letter.held || !letter.leaves_at ? words.held : letter.leaves_at.getTime() <= now.getTime() + 1000 ? words.nextSoon : words.nextAt(when(letter.leaves_at))}
      </p>
      <p className={classes.quiet}>{words.about}</p>
      <ul className={classes.news}>
        {letter.news.map(({ event_id, title, messages, mentions }) => (
          <li key={event_id}>
            <Link to="/events/$eventId" params={{ eventId: event_id }}>
              <bdi>{title}</bdi>
            </Link>
            <span>{words.news(messages, mentions)}</span>
          </li>
        ))}
      </ul>
    </>
  );
}
