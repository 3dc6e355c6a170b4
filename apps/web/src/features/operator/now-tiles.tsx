import type { ReactNode } from "react";
import { useWords } from "../../locales/words.tsx";
import { useFigures } from "./figures.ts";
import type { Now } from "./now.ts";
import classes from "./operator.module.css";
import { operatorWords } from "./words.ts";

const TOO_LATE_S = 1800;

export function NowTiles({ now }: { now: Now }) {
  const words = useWords(operatorWords);
  const figures = useFigures();
  const waiting = now.oldest_due_at ? Math.max(0, (Date.now() - now.oldest_due_at.getTime()) / 1000) : null;
  const quota = (limit: number | null) => (limit === null ? null : figures.count(limit));
  const breakers = now.breakers_open ?? [];
  const state = !now.delivery_on_for
    ? words.switchedOff
    : now.paused
      ? words.paused
      : breakers.length > 0
        ? words.breakerOpen(breakers.join(", "))
        : now.processors_alive === 0
          ? words.nobodyProcesses
          : null;
  return (
    <div className={classes.tiles}>
      <Tile name={words.sendingState} value={state ?? words.works} note={words.processors(now.processors_alive)} bad={state !== null} inWords />
      <Tile name={words.due} value={figures.count(now.due)} note={waiting === null ? words.nothingDue : words.oldest(figures.duration(waiting))} bad={(waiting ?? 0) > TOO_LATE_S} />
      <Tile name={words.rate} value={words.perSecond(figures.count(now.letters_per_second))} note={words.lastHour(now.letters_last_hour)} />
      <Tile name={words.delay} value={`${figures.duration(now.message_to_sent_p50)} · ${figures.duration(now.message_to_sent_p95)}`} note={words.delayText} />
      <Tile name={words.errors} value={figures.share(now.error_rate)} note={words.deadLetters(now.dead_letters)} bad={(now.error_rate ?? 0) > 0.05} />
      <Tile name={words.bounces} value={figures.share(now.bounce_rate)} note={words.openAlerts(now.open_alerts)} bad={(now.bounce_rate ?? 0) > 0.04} />
      <Tile name={words.complaints} value={figures.share(now.complaint_rate)} note={words.inFlight(now.letters_in_flight)} bad={(now.complaint_rate ?? 0) > 0.0008} />
      <Tile
        name={words.quota}
        value={words.today(figures.count(now.sent_today), quota(now.daily_quota))}
        note={words.month(figures.count(now.sent_this_month), quota(now.monthly_quota))}
        bad={now.daily_quota !== null && now.sent_today > now.daily_quota * 0.8}
        inWords
      />
    </div>
  );
}

function Tile({ name, value, note, bad = false, inWords = false }: { name: string; value: string; note: ReactNode; bad?: boolean; inWords?: boolean }) {
  return (
    <div className={classes.tile} data-bad={bad || undefined}>
      <div className={classes.name}>{name}</div>
      <div className={classes.value} data-words={inWords || undefined}>
        {value}
      </div>
      <div className={classes.note}>{note}</div>
    </div>
  );
}
