import { setTimeout as wait } from "node:timers/promises";
import type { Sql } from "postgres";
import type { BenchDatabase, BenchServer } from "./bench-server.ts";
import { cleanSlate } from "./clean-slate.ts";
import { addAuthor, addCrowd, addEvents } from "./crowd.ts";
import { type Benchmark, type Variant } from "./measure.ts";
import { awaitLetters } from "./processes/await-letters.ts";
import { awaitWork } from "./processes/await-work.ts";
import { type Crew, functionCrew, workerCrew } from "./processes/crew.ts";
import { type Provider, startProvider } from "./processes/provider.ts";

/** How often messages are written, in ms; each time as many as make up the rate. */
const PAUSE_MS = 50;
/** Of the edge functions' schedule: pg_cron's 30 s would hide what the functions take behind what they wait. */
const TICK_MS = 1000;
/** Connections that write, in turn. */
const WRITERS = 4;

/** From a mention that is due to its e-mail marked as accepted, with one worker, and with the edge functions. */
export async function latencyBenchmark(server: BenchServer, quick: boolean): Promise<Benchmark> {
  const rates = quick ? [100] : [1, 100, 1000];
  const seconds = quick ? 1 : 10;
  const database = await server.createDatabase();
  const { sql } = database;
  await sql`update private.settings set mention_grace_seconds = 1`;
  const people = Math.max(...rates) * seconds;
  await addCrowd(sql, people);
  const [event] = await addEvents(sql, 1, people);
  const author = await addAuthor(sql);
  const room: Room = { database, event: event!, author };
  const variant = (rate: number, crew: string, startCrew: (provider: Provider) => Promise<Crew>): Variant => ({
    name: `${rate.toLocaleString("en")} mention${rate > 1 ? "s" : ""} a second${crew}`,
    run: () => mention(room, rate, seconds, startCrew),
  });
  return {
    name: "latency",
    about: `Milliseconds from the moment a mention is due (its grace is over) until its e-mail is marked as accepted, at so many mentions a second to different people, with a provider that answers at once: with one worker, and with the edge functions in Deno, called by a tick every ${TICK_MS / 1000} s. pg_cron ticks every 30 s, which adds up to 29 s of waiting.`,
    units: { p50: "ms", p95: "ms", p99: "ms" },
    variants: [
      ...rates.map((rate) => variant(rate, "", (provider) => workerCrew(database, provider, 1))),
      ...(quick ? [] : [1, 100]).map((rate) => variant(rate, ", edge functions", (provider) => functionCrew(database, provider, TICK_MS))),
    ],
    close: () => database.drop(),
  };
}

interface Room {
  database: BenchDatabase;
  event: string;
  author: string;
}

async function mention({ database: { sql }, event, author }: Room, rate: number, seconds: number, startCrew: (provider: Provider) => Promise<Crew>): Promise<Record<string, number>> {
  await cleanSlate(sql);
  await sql`vacuum analyze`;
  const handles = (await sql<{ handle: string }[]>`
    select p.handle from public.event_participants e join public.profiles p using (user_id)
    where e.event_id = ${event} limit ${rate * seconds}`).map(({ handle }) => handle);
  // The burst is open, so that nobody waits for its first page; and what writes has planned its statements before, as
  // the connections of an app's pool have.
  const writers = await Promise.all(Array.from({ length: WRITERS }, () => sql.reserve()));
  for (const writer of writers) await writer`insert into public.chat_messages (event_id, user_id, body) values (${event}, ${author}, 'It begins, @nobody.')`;
  const provider = await startProvider(0);
  const crew = await startCrew(provider);
  try {
    await awaitWork("the crew to begin", [crew, provider], crew.isReady);
    crew.begin();
    await write(writers, event, author, handles, rate);
    await awaitLetters("every mention's e-mail", [crew], provider, handles.length);
    await crew.finish(async () => (await readDelays(sql)).letters >= handles.length);
    const { letters, ...delays } = await readDelays(sql);
    if (letters !== handles.length) throw new Error(`${letters} letters for ${handles.length} mentions.`);
    return delays;
  } finally {
    for (const writer of writers) writer.release();
    await crew.stop();
    await provider.stop();
  }
}

async function readDelays(sql: Sql): Promise<{ letters: number; p50: number; p95: number; p99: number }> {
  const [row] = await sql<[{ letters: number; p50: number; p95: number; p99: number }]>`
    select count(*)::int as letters,
      percentile_cont(0.5) within group (order by ms) as p50, percentile_cont(0.95) within group (order by ms) as p95, percentile_cont(0.99) within group (order by ms) as p99
    from (
      select (extract(epoch from e.sent_at - n.scheduled_for) * 1000)::float8 as ms
      from public.notifications n join public.emails e on e.id = n.email_id
      where n.message_id is not null and n.status = 'sent') x`;
  return row;
}

/** Evenly, by the clock: a slow insert does not lower the rate. Executed where it stands; awaited, all would begin at the end. */
async function write(writers: Sql[], event: string, author: string, handles: string[], rate: number): Promise<void> {
  const begin = performance.now();
  const writing: Promise<unknown>[] = [];
  for (let written = 0; written < handles.length; ) {
    await wait(PAUSE_MS);
    const owed = Math.min(handles.length, Math.ceil(((performance.now() - begin) / 1000) * rate));
    const bodies = handles.slice(written, owed).map((handle) => `@${handle} are you coming?`);
    written = owed;
    const writer = writers[writing.length % writers.length]!;
    if (bodies.length > 0) writing.push(writer`insert into public.chat_messages (event_id, user_id, body) select ${event}, ${author}, b from unnest(${bodies}::text[]) b`.execute());
  }
  await Promise.all(writing);
}
