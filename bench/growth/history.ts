import type { BenchDatabase, BenchServer } from "../bench-server.ts";
import { cleanSlate } from "../clean-slate.ts";
import { addAuthor, addCrowd, addEvents } from "../crowd.ts";
import { drain } from "../drain.ts";
import { addHistory } from "../history.ts";
import { checkpoint, endWindows, fanOutPage, settleAll } from "../make-due.ts";
import { percentile, timed } from "../measure.ts";
import { writeMessages } from "./write-messages.ts";

export interface AgedDatabase {
  database: BenchDatabase;
  /** Old notifications. */
  size: number;
  people: number;
  /** All with the same people. */
  events: string[];
  author: string;
}

/** Bursts that end at once: fan-out of one alone takes 0.2 s, and so does what else a machine does now and then. */
const BURSTS = 10;
/** How often messages of one database give way to those of the next. */
const TURNS = 10;

/** Databases that differ in their history alone: side by side, so that each round measures all of them. */
export async function layOutHistory(server: BenchServer, size: number, quick: boolean): Promise<AgedDatabase> {
  const people = quick ? 200 : 10_000;
  const database = await server.createDatabase();
  const { sql } = database;
  if (size === 0) await addCrowd(sql, people);
  else {
    await addHistory(sql, { notifications: size, emails: size / 5, people, ...(quick && { days: 1 }) }, (what, ms) => {
      if (!quick) process.stderr.write(`history of ${size}: ${what} ${(ms / 1000).toFixed(0)} s\n`);
    });
  }
  const events = await addEvents(sql, BURSTS, people);
  return { database, size, people, events, author: await addAuthor(sql) };
}

/**
 * The life of some bursts in each database: messages into one of them, their fan-out, their letters. Messages and
 * fan-out take turns, so that what the machine does besides meets all alike; figures in the order of the databases.
 */
export async function liveSideBySide(aged: AgedDatabase[], messages: number): Promise<Record<string, number>[]> {
  const lives = aged.map((database) => ({ ...database, sql: database.database.sql, took: [] as number[], fanOutMs: 0, claimMs: 0 }));
  for (const { sql, size, events, author } of lives) {
    if (size === 0) await cleanSlate(sql);
    // What earlier rounds told stays and is history, too.
    else await sql`truncate private.recipient_states`;
    for (const event of events) await sql`insert into public.chat_messages (event_id, user_id, body) values (${event}, ${author}, 'The doors open at seven.')`;
    await checkpoint(sql);
  }
  for (let turn = 0; turn < TURNS; turn += 1) {
    for (const { sql, events, author, took } of lives) took.push(...(await writeMessages(sql, events[0]!, author, messages / TURNS)));
  }
  for (const { sql } of lives) {
    await endWindows(sql);
    await settleAll(sql);
    await checkpoint(sql);
  }
  for (let visited = 1; visited > 0; ) {
    visited = 0;
    for (const life of lives) life.fanOutMs += await timed(async () => void (visited += await fanOutPage(life.sql)));
  }
  for (const life of lives) {
    const { sql, people } = life;
    await sql`vacuum analyze public.notifications, private.bursts, private.burst_messages`;
    await checkpoint(sql);
    life.claimMs = await timed(async () => {
      const claimed = await drain(sql, { connections: 2, batch: 500 });
      const letters = claimed.reduce((sum, claim) => sum + claim.letters, 0);
      if (letters !== people) throw new Error(`${letters} letters for ${people} people.`);
    });
    // Or autovacuum does it in the next round, of this database or of another.
    await sql`vacuum analyze public.notifications, public.emails, private.dispatches, private.bursts, private.burst_messages`;
  }
  return lives.map(({ people, events, took, fanOutMs, claimMs }) => ({
    "insert, mean": took.reduce((sum, ms) => sum + ms, 0) / took.length,
    "insert, p95": percentile(took, 0.95),
    "fan-out": (people * events.length / fanOutMs) * 1000,
    claim: (people * events.length / claimMs) * 1000,
  }));
}
