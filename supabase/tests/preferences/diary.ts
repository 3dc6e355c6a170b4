import type { Sql } from "postgres";
import { addressesIn } from "../../../packages/resend-simulator/src/wire-email.ts";
import { createResendSimulator } from "../../../packages/resend-simulator/src/simulator.ts";
import type { TestDatabase } from "../harness/test-database.ts";
import { createDelivery, drain, post } from "../harness/world.ts";
import { installRunClock } from "../oracle/run-clock.ts";

/** An event's days by a clock that the test sets: what is written at a time, and which letters came when. */
export interface Diary {
  sql: Sql;
  /** Lets the processor do everything that is due until then, each thing when it is due, and goes on from there. */
  until(time: string): Promise<void>;
  /** Writes a message now; returns its id. */
  says(author: string, event: string, body: string): Promise<string>;
  /** The reader sees everything there is in the event now. */
  visits(reader: string, event: string): Promise<void>;
  /** `"10:02 user2: alpha bravo"` for each letter since the last call: when it went, to whom, which of the words it tells. */
  letters(words: readonly string[]): string[];
}

/** Starts at a Monday's noon in UTC. The database keeps the diary's clock from now on. */
export async function keepDiary({ sql, connectAs }: TestDatabase, begins = "2027-03-01T12:00:00Z"): Promise<Diary> {
  const clock = await installRunClock(sql);
  await clock.set(Date.parse(begins));
  const simulator = createResendSimulator({ requestsPerSecond: null, now: clock.now });
  const { deps } = createDelivery(sql, () => new Date(clock.now()), simulator);
  let read = 0;
  return {
    sql,
    async until(time) {
      const end = Date.parse(time);
      for (;;) {
        await drain(deps);
        const [row] = await sql<[{ due: Date | number | null }]>`select private.next_due_at(${new Date(clock.now())}) as due`;
        const due = row.due instanceof Date ? row.due.getTime() : Infinity;
        if (due > end) break;
        await clock.set(Math.max(due, clock.now() + 1));
      }
      await clock.set(end);
    },
    says: (author, event, body) => post(sql, event, author, body),
    async visits(reader, event) {
      const [row] = await sql<[{ id: string }]>`select max(id) as id from public.chat_messages where event_id = ${event}`;
      const connection = connectAs("authenticated", reader, { max: 1 });
      await connection`select public.mark_event_read(${event}, ${row.id})`;
      await connection.end();
    },
    letters(words) {
      const all = simulator.accepted.all();
      const fresh = all.slice(read);
      read = all.length;
      return fresh.map(({ wire, acceptedAt }) => {
        const told = words.filter((word) => (wire.text ?? "").split(/[^\w-]+/).includes(word));
        return `${new Date(acceptedAt).toISOString().slice(11, 16)} ${addressesIn(wire.to).join().replace(/@.*$/, "")}: ${told.join(" ")}`;
      });
    },
  };
}
