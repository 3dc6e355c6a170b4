import { setTimeout as wait } from "node:timers/promises";
import type { Sql } from "postgres";
import type { BenchServer } from "./bench-server.ts";
import { cleanSlate } from "./clean-slate.ts";
import { addAuthor, addCrowd, addEvents } from "./crowd.ts";
import { type Benchmark, type Variant } from "./measure.ts";
import { awaitWork } from "./processes/await-work.ts";
import { startProvider } from "./processes/provider.ts";
import { startWorker } from "./processes/worker.ts";

/** How often messages are written, in ms; each time as many as make up the rate. */
const TICK = 50;

/** From a mention that is due to its e-mail marked as accepted, with one worker. */
export async function latencyBenchmark(server: BenchServer, quick: boolean): Promise<Benchmark> {
  const rates = quick ? [10, 40] : [1, 100, 1000];
  const seconds = quick ? 1 : 10;
  const database = await server.createDatabase();
  const { sql } = database;
  await sql`update private.settings set mention_grace_seconds = 1`;
  const people = Math.max(...rates) * seconds;
  await addCrowd(sql, people);
  const [event] = await addEvents(sql, 1, people);
  const author = await addAuthor(sql);
  return {
    name: "latency",
    about: "Milliseconds from the moment a mention is due (its grace is over) until its e-mail is marked as accepted, at so many mentions a second to different people, with one worker and a provider that answers at once.",
    units: { p50: "ms", p95: "ms", p99: "ms" },
    variants: rates.map((rate): Variant => ({
      name: `${rate.toLocaleString("en")} mention${rate > 1 ? "s" : ""} a second`,
      run: () => mention({ sql, url: database.notifierUrl, event: event!, author }, rate, seconds),
    })),
    close: () => database.drop(),
  };
}

async function mention({ sql, url, event, author }: { sql: Sql; url: string; event: string; author: string }, rate: number, seconds: number): Promise<Record<string, number>> {
  await cleanSlate(sql);
  await sql`vacuum analyze`;
  const handles = (await sql<{ handle: string }[]>`
    select p.handle from public.event_participants e join public.profiles p using (user_id)
    where e.event_id = ${event} limit ${rate * seconds}`).map(({ handle }) => handle);
  // The burst is open, so that nobody waits for its first page.
  await sql`insert into public.chat_messages (event_id, user_id, body) values (${event}, ${author}, 'It begins.')`;
  const provider = await startProvider(0);
  const worker = startWorker(url, provider.baseUrl);
  try {
    await awaitWork("the worker to begin", [worker, provider], async () => (await sql`select from private.processors`).length === 1);
    await write(sql, event, author, handles, rate);
    await awaitWork("every mention's e-mail", [worker, provider], async () => (await provider.accepted()) >= handles.length);
    await worker.stop();
    const [row] = await sql<[{ letters: number; p50: number; p95: number; p99: number }]>`
      select count(*)::int as letters,
        percentile_cont(0.5) within group (order by ms) as p50, percentile_cont(0.95) within group (order by ms) as p95, percentile_cont(0.99) within group (order by ms) as p99
      from (
        select (extract(epoch from e.sent_at - n.scheduled_for) * 1000)::float8 as ms
        from public.notifications n join public.emails e on e.id = n.email_id
        where n.message_id is not null) x`;
    if (row.letters !== handles.length) throw new Error(`${row.letters} letters for ${handles.length} mentions.`);
    return { p50: row.p50, p95: row.p95, p99: row.p99 };
  } finally {
    await worker.stop();
    await provider.stop();
  }
}

/** Evenly, by the clock: a slow insert does not lower the rate. */
async function write(sql: Sql, event: string, author: string, handles: string[], rate: number): Promise<void> {
  const begin = performance.now();
  const writing: Promise<unknown>[] = [];
  for (let written = 0; written < handles.length; ) {
    await wait(TICK);
    const owed = Math.min(handles.length, Math.ceil(((performance.now() - begin) / 1000) * rate));
    const bodies = handles.slice(written, owed).map((handle) => `@${handle} are you coming?`);
    written = owed;
    if (bodies.length > 0) writing.push(sql`insert into public.chat_messages (event_id, user_id, body) select ${event}, ${author}, b from unnest(${bodies}::text[]) b`);
  }
  await Promise.all(writing);
}
