import { setTimeout as wait } from "node:timers/promises";
import type { Sql } from "postgres";
import type { BenchDatabase } from "./bench-server.ts";
import { cleanSlate } from "./clean-slate.ts";
import { endWindows } from "./make-due.ts";
import { awaitLetters } from "./processes/await-letters.ts";
import { awaitWork } from "./processes/await-work.ts";
import type { Crew } from "./processes/crew.ts";
import { type Provider, startProvider } from "./processes/provider.ts";
import { secondsOfServer } from "./processes/use.ts";

/** What is told to whom. */
export interface Load {
  database: BenchDatabase;
  author: string;
  events: string[];
  /** What is written in each event. */
  bodies: string[];
  letters: number;
  /** An event of others, told before anything is measured. */
  warmUp: { event: string; letters: number };
}

/** One round: messages are written, their windows end, and a crew tells everybody, each once. */
export async function tellEverybody(load: Load, startCrew: (provider: Provider) => Promise<Crew>, latencyMs: number): Promise<Record<string, number>> {
  const { database: { sql }, events, letters } = load;
  await cleanSlate(sql);
  const provider = await startProvider(latencyMs);
  const crew = await startCrew(provider);
  const all = [crew, provider];
  try {
    await awaitWork("the crew to begin", all, crew.isReady);
    const toldBefore = crew.runsForWeeks ? await warmUp(load, crew, provider) : 0;
    await write(load, events);
    await sql`vacuum analyze`;
    // They sleep until then, or until they are called.
    const end = new Date(Date.now() + 1000);
    await endWindows(sql, end);
    await sql`select pg_notify('chat_notifications', '')`;
    const useOfAll = () => Promise.all([crew.use(), secondsOfServer(sql), provider.seconds()]);
    const [before, serverBefore, providerBefore] = await useOfAll();
    await wait(end.getTime() - Date.now());
    crew.begin();
    const ms = (await awaitLetters("everybody to be told", [crew], provider, toldBefore + letters)) - end.getTime();
    const [after, serverAfter, providerAfter] = await useOfAll();
    const perThousand = (begin: number, end: number) => ((end - begin) / letters) * 1000;
    await crew.finish(async () => (await countTold(sql)) >= toldBefore + letters);
    const { recipients, letterKb } = await provider.readLedger();
    await expectNobodyForgotten(sql, toldBefore + letters, recipients);
    return {
      rate: (letters / ms) * 1000,
      "letter size": letterKb,
      doubled: recipients.length - toldBefore - letters,
      ...(before !== null && after !== null && {
        [`${crew.name} memory`]: after.mb,
        [`${crew.name} CPU`]: perThousand(before.seconds, after.seconds),
      }),
      ...(serverBefore !== null && serverAfter !== null && { "database CPU": perThousand(serverBefore, serverAfter) }),
      ...(providerBefore !== null && providerAfter !== null && { "provider CPU": perThousand(providerBefore, providerAfter) }),
    };
  } finally {
    await crew.stop();
    await provider.stop();
  }
}

async function write({ database: { sql }, author, bodies }: Load, events: string[]): Promise<void> {
  for (const event of events) {
    await sql`insert into public.chat_messages (event_id, user_id, body) select ${event}, ${author}, b from unnest(${bodies}::text[]) with ordinality t (b, n) order by n`;
  }
}

/** As processes are that have run for a while: connected, planned, compiled. Returns how many letters that took. */
async function warmUp(load: Load, crew: Crew, provider: Provider): Promise<number> {
  const { database: { sql }, warmUp: { event, letters } } = load;
  await write(load, [event]);
  await endWindows(sql);
  await sql`select pg_notify('chat_notifications', '')`;
  await awaitWork("the first to be told", [crew, provider], async () => (await countTold(sql)) >= letters);
  return letters;
}

async function countTold(sql: Sql): Promise<number> {
  const [{ sent }] = await sql<[{ sent: number }]>`select count(*)::int as sent from public.notifications where status = 'sent'`;
  return sent;
}

/** By the provider's ledger, which the database cannot talk round. */
async function expectNobodyForgotten(sql: Sql, letters: number, recipients: string[]): Promise<void> {
  const [told, sent] = [new Set(recipients).size, await countTold(sql)];
  if (told !== letters || sent !== letters) throw new Error(`The provider told ${told} people and ${sent} notifications were sent, for ${letters} people.`);
}
