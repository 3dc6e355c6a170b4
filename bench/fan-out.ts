import type { Sql } from "postgres";
import { emptyBareTables, insertBare, layOutBareTables } from "./bare-writes.ts";
import type { BenchServer } from "./bench-server.ts";
import { addAuthor, addCrowd, addEvents } from "./crowd.ts";
import { endWindows, fanOutAll } from "./make-due.ts";
import { type Benchmark, timed, type Variant } from "./measure.ts";

/** From a settled burst to a notification for each recipient, in pages of 10,000. */
export async function fanOutBenchmark(server: BenchServer, quick: boolean): Promise<Benchmark> {
  const sizes = quick ? [1000] : [1000, 10_000, 100_000];
  const database = await server.createDatabase();
  const { sql } = database;
  await addCrowd(sql, sizes.at(-1)!);
  const author = await addAuthor(sql);
  const events: [number, string][] = [];
  for (const size of sizes) events.push([size, (await addEvents(sql, 1, size))[0]!]);
  await layOutBareTables(sql);
  return {
    name: "fan-out",
    about: "Recipients a second, without preferences and with a row of preferences for everybody; and the rows alone, inserted in one statement into a table with the same indexes and constraints, nothing decided.",
    units: { rate: "recipients/s" },
    variants: events.flatMap(([size, event]): Variant[] => [
      { name: `${size} recipients`, run: async () => fanOut(sql, event, author, size, false) },
      { name: `${size} recipients with preferences`, run: async () => fanOut(sql, event, author, size, true) },
      { name: `the rows alone, ${size}`, run: async () => {
        await emptyBareTables(sql);
        return { rate: (size / (await timed(() => insertBare(sql, [event], size)))) * 1000 };
      } },
    ]),
    close: () => database.drop(),
  };
}

async function fanOut(sql: Sql, event: string, author: string, size: number, preferences: boolean): Promise<Record<string, number>> {
  await sql`truncate public.notification_preferences`;
  // In bulk and not one person after the other, whose waiting news would be moved.
  if (preferences) {
    await sql.unsafe(`
      set session_replication_role = replica;
      insert into public.notification_preferences (user_id, delivery) select id, 'immediate' from auth.users;
      set session_replication_role = origin;`).simple();
  }
  await sql`insert into public.chat_messages (event_id, user_id, body) values (${event}, ${author}, 'news')`;
  await endWindows(sql);
  await sql`select private.settle_bursts()`;
  // Those of the first page are written again, too: fan-out begins at the first recipient.
  await sql`truncate public.notifications`;
  await sql`vacuum analyze private.bursts`;
  const ms = await timed(() => fanOutAll(sql));
  const [{ count }] = await sql<[{ count: number }]>`select count(*)::int as count from public.notifications`;
  if (count !== size) throw new Error(`${count} notifications for ${size} recipients.`);
  return { rate: (size / ms) * 1000 };
}
