import { readFile } from "node:fs/promises";
import path from "node:path";
import { parseConversation } from "../apps/local/src/replay/parse-conversation.ts";
import type { BenchServer } from "./bench-server.ts";
import { addAuthor, addCrowd, addEvents } from "./crowd.ts";
import type { Benchmark, Comparison, Variant } from "./measure.ts";
import { graphileSenders } from "./peers/graphile-senders.ts";
import { functionCrew, workerCrew } from "./processes/crew.ts";
import { sendPrepared } from "./send-prepared.ts";
import { type Load, tellEverybody } from "./tell-everybody.ts";

const CONVERSATION = path.join(import.meta.dirname, "../scenarios/data/irc/2008-04-27.train-a.raw.txt");
const PEER = "graphile-worker + react-email + Resend SDK";
/** As pg_cron does. */
const TICK_MS = 30_000;
/** Others, told before anything is measured. */
const OTHERS = 4000;

/** From a window that ends to e-mails that the provider has accepted: settling, fan-out, composing, rendering, sending, marking. */
export async function endToEndBenchmark(server: BenchServer, quick: boolean): Promise<Benchmark> {
  const said = parseConversation(await readFile(CONVERSATION, "utf8")).map(({ text }) => text).filter((text) => text !== "");
  const people = quick ? 200 : 30_000;
  const others = quick ? 100 : OTHERS;
  const room = await layOut(server, people, others, 1, said.slice(0, 30));
  const day = quick ? null : await layOut(server, people, others, 1000, said.slice(30, 33));
  const peerLetters = quick ? 100 : 10_000;
  const peerOthers = quick ? 100 : 1000;
  const peer = await graphileSenders(server, peerLetters, peerOthers, room.bodies);
  const byWorkers = (load: Load, what: string, count: number, latencyMs = 0): Variant => ({
    name: withLatency(`ours, ${what}, ${count} worker${count > 1 ? "s" : ""}`, latencyMs),
    run: () => tellEverybody(load, (provider) => workerCrew(load.database, provider, count), latencyMs),
  });
  // One takes seconds to load what it needs.
  const peers = quick ? 1 : 2;
  const peerName = (latencyMs: number) => withLatency(`${PEER}, ${peers} worker${peers > 1 ? "s" : ""}`, latencyMs);
  const byPeer = (latencyMs = 0): Variant => ({ name: peerName(latencyMs), run: () => peer.run(peers, latencyMs) });
  const byFunctions: Variant = {
    name: "ours, one room, edge functions",
    run: () => tellEverybody(room, (provider) => functionCrew(room.database, provider, TICK_MS), 0),
  };
  const besidePeer = (latencyMs = 0): Comparison => ({
    variant: withLatency("ours, one room, 2 workers", latencyMs), with: peerName(latencyMs), figure: "rate", as: "times the peer", by: "quotient",
  });
  return {
    name: "end-to-end",
    about: `E-mails a second accepted by a local provider in a process of its own, from the end of the window: ${people.toLocaleString("en")} people in one room of a real conversation${day === null ? "" : `, and ${day.events.length.toLocaleString("en")} events with ${people / day.events.length} readers each`}. Workers have told ${others.toLocaleString("en")} others before, and the peer's ${peerOthers.toLocaleString("en")}, as processes have that run for weeks. The peer tells ${peerLetters.toLocaleString("en")} people: its jobs hold 100 recipients each, with the same ten messages, whose letters react-email renders, HTML and text, and which go in one batch with the same headers; rates are compared within a round. Letter size is the HTML's: of the same content, the peer's has besides what React Email's components write twice into styles. Doubled: e-mails beyond one for each person by the provider's own ledger. Memory is the most that one process had; processor seconds are for 1,000 e-mails; the provider's are those of our simulator, which shares the machine. The letters alone were rendered before; two processes do nothing but send them. Edge functions run in Deno, called by a tick every ${TICK_MS / 1000} s, the first at the window's end.`,
    units: {
      rate: "e-mails/s", "times the peer": "times", "letter size": "KB", doubled: "e-mails", "worker memory": "MB", "worker CPU": "s",
      "functions memory": "MB", "functions CPU": "s", "database CPU": "s", "provider CPU": "s",
    },
    variants: [
      ...(quick ? [2] : [1, 2, 4, 8]).map((count) => byWorkers(room, "one room", count)),
      ...(day === null ? [] : [1, 2, 4].map((count) => byWorkers(day, "a day of events", count))),
      ...(quick ? [] : [byWorkers(room, "one room", 2, 100), byFunctions]),
      byPeer(),
      ...(quick ? [] : [byPeer(100)]),
      { name: "the letters alone, 2 senders", run: () => sendPrepared(quick ? 1000 : people, 2, room.bodies) },
    ],
    comparisons: [besidePeer(), ...(quick ? [] : [besidePeer(100)])],
    async close() {
      for (const load of [room, day]) await load?.database.drop();
      await peer.close();
    },
  };
}

const withLatency = (name: string, latencyMs: number) => (latencyMs > 0 ? `${name}, provider takes ${latencyMs} ms` : name);

async function layOut(server: BenchServer, people: number, othersCount: number, eventCount: number, bodies: string[]): Promise<Load> {
  const database = await server.createDatabase();
  const { sql } = database;
  await addCrowd(sql, people + othersCount);
  const [others, ...events] = await addEvents(sql, 1 + eventCount, 0);
  await sql`
    insert into public.event_participants (event_id, user_id, joined_at)
    select
      case when u.number <= ${othersCount} then ${others!} else (${events}::uuid[])[1 + u.number % ${eventCount}] end,
      u.id, now() - interval '1 day'
    from (select id, row_number() over (order by id) as number from auth.users) u`;
  await sql`vacuum analyze public.event_participants`;
  return { database, author: await addAuthor(sql), events, bodies, letters: people, warmUp: { event: others!, letters: othersCount } };
}
