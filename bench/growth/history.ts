import type { BenchDatabase, BenchServer } from "../bench-server.ts";
import { cleanSlate } from "../clean-slate.ts";
import { addAuthor, addCrowd, addEvents } from "../crowd.ts";
import { drain } from "../drain.ts";
import { addHistory } from "../history.ts";
import { endWindows, fanOutAll } from "../make-due.ts";
import { percentile, timed } from "../measure.ts";
import { writeMessages } from "./write-messages.ts";

export interface AgedDatabase {
  database: BenchDatabase;
  /** Old notifications. */
  size: number;
  people: number;
  event: string;
  author: string;
}

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
  const [event] = await addEvents(sql, 1, people);
  return { database, size, people, event: event!, author: await addAuthor(sql) };
}

/** A burst's life: messages into it, its fan-out, its letters. */
export async function liveOn({ database: { sql }, size, people, event, author }: AgedDatabase, messages: number): Promise<Record<string, number>> {
  if (size === 0) await cleanSlate(sql);
  // What the last round left: rows for the empty table too few to tell, for the others no more than a thousandth.
  else await sql`truncate private.recipient_states`;
  const took = await writeMessages(sql, event, author, messages);
  await endWindows(sql);
  await sql`select private.settle_bursts()`;
  const fanOutMs = await timed(() => fanOutAll(sql));
  await sql`vacuum analyze public.notifications, private.bursts, private.burst_messages`;
  const claimMs = await timed(async () => {
    const claimed = await drain(sql, { connections: 2, batch: 500 });
    const letters = claimed.reduce((sum, claim) => sum + claim.letters, 0);
    if (letters !== people) throw new Error(`${letters} letters for ${people} people.`);
  });
  return {
    "insert, mean": took.reduce((sum, ms) => sum + ms, 0) / took.length,
    "insert, p95": percentile(took, 0.95),
    "fan-out": (people / fanOutMs) * 1000,
    claim: (people / claimMs) * 1000,
  };
}
