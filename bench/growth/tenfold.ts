import type { Sql } from "postgres";
import type { BenchDatabase, BenchServer } from "../bench-server.ts";
import { cleanSlate } from "../clean-slate.ts";
import { addAuthor, addCrowd, addEvents } from "../crowd.ts";
import { type Claimed, drain } from "../drain.ts";
import { exponentOf } from "../exponent.ts";
import { checkpoint, endWindows, fanOutAll, makeDue, settleAll } from "../make-due.ts";
import { timed } from "../measure.ts";
import { writeMessages } from "./write-messages.ts";

export interface Crowd {
  database: BenchDatabase;
  author: string;
  /** People in events; of each size there are ten events, with the same people. */
  sizes: number[];
  rooms: Map<number, string[]>;
  /** Events with ten readers each, nobody in two of them. */
  small: string[];
  eventCounts: number[];
}

const READERS = 10;

export async function layOutCrowd(server: BenchServer, quick: boolean): Promise<Crowd> {
  const sizes = quick ? [30, 300] : [1_000, 10_000, 100_000];
  const eventCounts = quick ? [3, 30] : [10, 100, 1_000];
  const database = await server.createDatabase();
  const { sql } = database;
  await addCrowd(sql, sizes.at(-1)!);
  // A mention is due at once.
  await sql`update private.settings set mention_grace_seconds = 0`;
  const rooms = new Map<number, string[]>();
  for (const size of sizes) rooms.set(size, await addEvents(sql, 10, size));
  const small = await addEvents(sql, eventCounts.at(-1)!, 0);
  await sql`
    insert into public.event_participants (event_id, user_id, joined_at)
    select (${small}::uuid[])[1 + u.n / ${READERS}], u.id, now() - interval '1 day'
    from (select id, (row_number() over (order by id) - 1)::int as n from auth.users) u
    where u.n < ${small.length * READERS}`;
  await sql`vacuum analyze public.event_participants`;
  return { database, author: await addAuthor(sql), sizes, rooms, small, eventCounts };
}

/** One event with ten times the recipients, and again: an insert, and what a recipient costs. */
export async function moreRecipients({ database: { sql }, author, sizes, rooms }: Crowd, messages: number): Promise<Record<string, number>> {
  const costs = [];
  for (const size of sizes) {
    await cleanSlate(sql);
    const took = await writeMessages(sql, rooms.get(size)![0]!, author, messages);
    costs.push({ size, insert: took.reduce((sum, ms) => sum + ms, 0) / took.length, ...(await tell(sql, size)) });
  }
  return growths(costs);
}

/** Ten times the events, and again: the message that opens each one's burst, and what a recipient costs. */
export async function moreEvents({ database: { sql }, author, small, eventCounts }: Crowd): Promise<Record<string, number>> {
  const costs = [];
  for (const size of eventCounts) {
    await cleanSlate(sql);
    const ms = await timed(async () => {
      for (const event of small.slice(0, size)) await sql`insert into public.chat_messages (event_id, user_id, body) values (${event}, ${author}, 'The doors open at seven.')`;
    });
    costs.push({ size, insert: ms / size, ...(await tell(sql, size * READERS)) });
  }
  return growths(costs);
}

/** What fan-out and claim + compose + mark cost a recipient, in ms. */
async function tell(sql: Sql, recipients: number): Promise<{ fanOut: number; claim: number }> {
  await endWindows(sql);
  const fanOutMs = await timed(async () => {
    await settleAll(sql);
    await fanOutAll(sql);
  });
  await sql`vacuum analyze public.notifications, private.bursts, private.burst_messages`;
  await checkpoint(sql);
  const claimMs = await timed(async () => expectLetters(await drain(sql, { connections: 2, batch: 500 }), recipients));
  return { fanOut: fanOutMs / recipients, claim: claimMs / recipients };
}

function growths(costs: { size: number; insert: number; fanOut: number; claim: number }[]): Record<string, number> {
  return {
    "insert, growth": exponentOf(costs.map(({ size, insert }) => ({ size, cost: insert }))),
    "fan-out, growth": exponentOf(costs.map(({ size, fanOut }) => ({ size, cost: fanOut }))),
    "claim, growth": exponentOf(costs.map(({ size, claim }) => ({ size, cost: claim }))),
  };
}

/** Ten times as much due, and again; then the largest is drained while another connection holds an old snapshot. */
export async function backlog({ database: { sql }, author, sizes, rooms }: Crowd): Promise<Record<string, number>> {
  const costs: { size: number; cost: number }[] = [];
  const [fewest, largest] = [sizes[0]!, sizes.at(-1)!];
  let claimed: Claimed[] = [];
  for (const size of sizes) {
    await cleanSlate(sql);
    await makeDue(sql, author, rooms.get(size)!);
    // As many of each, from its head, after the claim that plans.
    const batch = Math.ceil(fewest / 20);
    const first = await drain(sql, { connections: 1, batch, most: 16 });
    costs.push({ size, cost: (first.at(-1)!.at - first[0]!.at) / (batch * (first.length - 1)) });
    if (size === largest) {
      claimed = await besideOldSnapshot(sql, () => drain(sql, { connections: 2, batch: Math.min(500, Math.ceil(size / 20)) }));
      expectLetters([...first, ...claimed], size);
    }
  }
  const tenth = Math.max(1, Math.floor(claimed.length / 10));
  const rate = (from: number, to: number) =>
    (claimed.slice(from, to).reduce((sum, { letters }) => sum + letters * 10, 0) / (claimed[to - 1]!.at - (claimed[from - 1]?.at ?? 0))) * 1000;
  const [first, last] = [rate(0, tenth), rate(claimed.length - tenth, claimed.length)];
  return { "claim, growth": exponentOf(costs), "first tenth": first, "last tenth": last, "last beside first": last / first };
}

/** Somebody's backup or report: what they may still see cannot be cleaned up. */
async function besideOldSnapshot<Result>(sql: Sql, work: () => Promise<Result>): Promise<Result> {
  const reader = await sql.reserve();
  try {
    await reader`begin isolation level repeatable read`;
    await reader`select count(*) from private.bursts`;
    const result = await work();
    await reader`commit`;
    return result;
  } finally {
    reader.release();
  }
}

function expectLetters(claimed: Claimed[], recipients: number): void {
  const letters = claimed.reduce((sum, claim) => sum + claim.letters, 0);
  if (letters !== recipients) throw new Error(`${letters} letters for ${recipients} people.`);
}
