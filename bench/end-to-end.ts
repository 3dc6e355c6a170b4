import { readFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { Sql } from "postgres";
import { parseConversation } from "../apps/local/src/replay/parse-conversation.ts";
import type { BenchDatabase, BenchServer } from "./bench-server.ts";
import { cleanSlate } from "./clean-slate.ts";
import { addAuthor, addCrowd, addEvents } from "./crowd.ts";
import { type Benchmark, timed, type Variant } from "./measure.ts";
import { graphileSenders } from "./peers/graphile-senders.ts";
import { awaitWork } from "./processes/await-work.ts";
import { startProvider } from "./processes/provider.ts";
import { secondsOfServer, useOf } from "./processes/use.ts";
import { startWorker } from "./processes/worker.ts";

const CONVERSATION = path.join(import.meta.dirname, "../scenarios/data/irc/2008-04-27.train-a.raw.txt");

interface Load {
  database: BenchDatabase;
  author: string;
  events: string[];
  /** What is written in each event. */
  bodies: string[];
  letters: number;
}

/** From a window that ends to e-mails that the provider has accepted: settling, fan-out, composing, rendering, sending, marking. */
export async function endToEndBenchmark(server: BenchServer, quick: boolean): Promise<Benchmark> {
  const said = parseConversation(await readFile(CONVERSATION, "utf8")).map(({ text }) => text).filter((text) => text !== "");
  const room = await layOut(server, quick ? 200 : 10_000, 1, said.slice(0, 30));
  const day = await layOut(server, quick ? 200 : 10_000, quick ? 20 : 1000, said.slice(30, 33));
  const peer = await graphileSenders(server, quick ? 100 : 2_000);
  const at = (load: Load, what: string, workers: number, latencyMs: number): Variant => ({
    name: `ours, ${what}, ${workers} worker${workers > 1 ? "s" : ""}${latencyMs > 0 ? `, provider takes ${latencyMs} ms` : ""}`,
    run: () => tellEverybody(load, workers, latencyMs),
  });
  const counts = quick ? [1] : [1, 2, 4];
  return {
    name: "end-to-end",
    about: `E-mails a second accepted by a local provider in a process of its own, from the end of the window: ${room.letters.toLocaleString("en")} people in one room of a real conversation, and ${day.events.length.toLocaleString("en")} events with ten readers each. The peer's jobs send 100 letters each, rendered by react-email. Memory is the most that a worker had; processor seconds are for 1,000 e-mails.`,
    units: { rate: "e-mails/s", "worker memory": "MB", "worker CPU": "s", "database CPU": "s" },
    variants: [
      ...counts.map((workers) => at(room, "one room", workers, 0)),
      ...(quick ? [] : counts.map((workers) => at(day, "a day of events", workers, 0))),
      ...(quick ? [] : [at(room, "one room", 2, 100)]),
      { name: "graphile-worker + react-email + Resend SDK, 2 workers", run: () => peer.run(2, 0) },
      ...(quick ? [] : [{ name: "graphile-worker + react-email + Resend SDK, 2 workers, provider takes 100 ms", run: () => peer.run(2, 100) }]),
    ],
    async close() {
      for (const { database } of [room, day]) await database.drop();
      await peer.close();
    },
  };
}

async function layOut(server: BenchServer, people: number, eventCount: number, bodies: string[]): Promise<Load> {
  const database = await server.createDatabase();
  const { sql } = database;
  await addCrowd(sql, people);
  const events = await addEvents(sql, eventCount, 0);
  await sql`
    insert into public.event_participants (event_id, user_id, joined_at)
    select (${events}::uuid[])[1 + (row_number() over (order by u.id) - 1) % ${eventCount}], u.id, now() - interval '1 day'
    from auth.users u`;
  await sql`vacuum analyze public.event_participants`;
  return { database, author: await addAuthor(sql), events, bodies, letters: people };
}

async function tellEverybody({ database, author, events, bodies, letters }: Load, workerCount: number, latencyMs: number): Promise<Record<string, number>> {
  const { sql } = database;
  await cleanSlate(sql);
  for (const event of events) {
    await sql`insert into public.chat_messages (event_id, user_id, body) select ${event}, ${author}, b from unnest(${bodies}::text[]) with ordinality t (b, n) order by n`;
  }
  await sql`vacuum analyze`;
  const provider = await startProvider(latencyMs);
  const workers = Array.from({ length: workerCount }, () => startWorker(database.notifierUrl, provider.baseUrl));
  try {
    await awaitWork("the workers to begin", [...workers, provider], async () => (await sql<[{ alive: number }]>`select count(*)::int as alive from private.processors`)[0].alive === workerCount);
    await endWindows(sql, 1000);
    const serverBefore = await secondsOfServer(sql);
    const usedBefore = await Promise.all(workers.map(({ pid }) => useOf(pid)));
    const ms = await timed(() => awaitWork("everybody to be told", [...workers, provider], async () => (await provider.accepted()) >= letters));
    const used = await Promise.all(workers.map(({ pid }) => useOf(pid)));
    const serverAfter = await secondsOfServer(sql);
    await Promise.all(workers.map((worker) => worker.stop()));
    await expectToldOnce(sql, letters, await provider.accepted());
    return {
      rate: (letters / ms) * 1000,
      ...(used.every((one) => one !== null) && serverBefore !== null && serverAfter !== null && {
        "worker memory": Math.max(...used.map((one) => one!.mb)),
        "worker CPU": (used.reduce((sum, one, i) => sum + one!.seconds - usedBefore[i]!.seconds, 0) / letters) * 1000,
        "database CPU": ((serverAfter - serverBefore) / letters) * 1000,
      }),
    };
  } finally {
    await Promise.all(workers.map((worker) => worker.stop()));
    await provider.stop();
  }
}

/** Every open window ends in so many ms, and when they have passed this resolves. */
async function endWindows(sql: Sql, ms: number): Promise<void> {
  const end = new Date(Date.now() + ms);
  // Those of a burst's first page were written with the message that opened it.
  await sql`update public.notifications set scheduled_for = ${end}`;
  await sql`update private.bursts set closes_at = ${end} where settled_at is null`;
  await sql`select pg_notify('chat_notifications', '')`;
  await wait(end.getTime() - Date.now());
}

async function expectToldOnce(sql: Sql, letters: number, accepted: number): Promise<void> {
  const [{ sent }] = await sql<[{ sent: number }]>`select count(*)::int as sent from public.notifications where status = 'sent'`;
  if (sent !== letters || accepted !== letters) throw new Error(`${accepted} e-mails were accepted and ${sent} notifications sent, for ${letters} people.`);
}
