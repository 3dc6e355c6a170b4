import { setTimeout as wait } from "node:timers/promises";
import type { Sql } from "postgres";
import type { BenchServer } from "./bench-server.ts";
import { addAuthor, addEvents } from "./crowd.ts";
import { addHistory } from "./history.ts";
import { type Benchmark, percentile, timed, type Variant } from "./measure.ts";

const QUERIES: Record<string, string> = {
  "operator_now()": "select * from public.operator_now()",
  "operator_chart('1h')": "select * from public.operator_chart('1h')",
  "operator_chart('24h')": "select * from public.operator_chart('24h')",
  "operator_chart('30d')": "select * from public.operator_chart('30d')",
  "operator_targets()": "select * from public.operator_targets()",
  "operator_events(30)": "select * from public.operator_events(30)",
  "operator_capacity()": "select * from public.operator_capacity()",
  "find_emails(address)": "select * from public.find_emails('person7@example.com')",
  "find_emails()": "select * from public.find_emails()",
  "email_timeline()": "select * from public.email_timeline((select id from public.emails order by id desc limit 1))",
  "alerts": "select * from public.alerts order by opened_at desc limit 50",
  "health()": "select private.health()",
  "metrics()": "select * from private.metrics()",
};

/** What operators and monitors ask, and what retention costs chat, with a history of 10 million notifications and 2 million letters. */
export async function operationsBenchmark(server: BenchServer, quick: boolean): Promise<Benchmark> {
  const size = quick ? { notifications: 3_000, emails: 600, people: 300 } : { notifications: 10_000_000, emails: 2_000_000, people: 10_000 };
  const database = await server.createDatabase();
  const { sql } = database;
  await addHistory(sql, size, (what, ms) => {
    if (!quick) process.stderr.write(`history: ${what} ${(ms / 1000).toFixed(0)} s\n`);
  });
  const room = { event: (await addEvents(sql, 1, 100))[0]!, author: await addAuthor(sql) };
  const calls = quick ? 2 : 100;
  const messages = quick ? 40 : 4_000;
  return {
    name: "operations",
    about: `What operators and monitors ask with ${size.notifications.toLocaleString("en")} notifications and ${size.emails.toLocaleString("en")} letters of history; and what retention costs four clients who write: with a step a second, as processors do, and without a pause, as \`npm run maintain -- weekly\` does.`,
    units: { p50: "ms", p95: "ms", "p99 alone": "ms", "p99 beside": "ms", "beside / alone": "times", steps: "steps" },
    variants: [
      ...Object.entries(QUERIES).map(([name, query]): Variant => ({ name, run: () => ask(sql, query, calls) })),
      { name: "retention, a step a second", run: () => besideRetention(sql, room, messages, 1000) },
      { name: "retention without a pause", run: () => besideRetention(sql, room, messages, 0) },
    ],
    close: () => database.drop(),
  };
}

async function ask(sql: Sql, query: string, calls: number): Promise<Record<string, number>> {
  await sql.unsafe(query);
  const took: number[] = [];
  for (let i = 0; i < calls; i += 1) took.push(await timed(() => sql.unsafe(query)));
  return { p50: percentile(took, 0.5), p95: percentile(took, 0.95) };
}

async function besideRetention(sql: Sql, room: { event: string; author: string }, messages: number, pauseMs: number): Promise<Record<string, number>> {
  const alone = percentile(await write(sql, room, messages), 0.99);
  let writing = true;
  let steps = 0;
  const retention = (async () => {
    const connection = await sql.reserve();
    while (writing) {
      // A processor rests for an hour after a round; here the next one follows.
      await connection`update private.retention_progress set rest_until = '-infinity'`;
      await connection`select private.retain(500)`;
      steps += 1;
      if (pauseMs > 0) await wait(pauseMs);
    }
    connection.release();
  })();
  const took = await write(sql, room, messages);
  writing = false;
  await retention;
  const beside = percentile(took, 0.99);
  return { "p99 alone": alone, "p99 beside": beside, "beside / alone": beside / alone, steps };
}

/** Messages of four clients at once into one event, and how long each took its writer. */
async function write(sql: Sql, { event, author }: { event: string; author: string }, messages: number): Promise<number[]> {
  const took: number[] = [];
  let left = messages;
  await Promise.all(Array.from({ length: 4 }, async () => {
    const connection = await sql.reserve();
    while ((left -= 1) >= 0) {
      took.push(await timed(async () => connection`insert into public.chat_messages (event_id, user_id, body) values (${event}, ${author}, 'Does anybody know when the doors open?')`));
    }
    connection.release();
  }));
  return took;
}
