import type { Sql } from "postgres";
import type { BenchDatabase, BenchServer } from "./bench-server.ts";
import { cleanSlate } from "./clean-slate.ts";
import { addAuthor, addCrowd, addEvents } from "./crowd.ts";
import { type Benchmark, timed, type Variant } from "./measure.ts";
import { graphileWorkerQueue } from "./peers/graphile-worker.ts";
import { pgBossQueue } from "./peers/pg-boss.ts";

const BATCH = 500;

/** Claim, compose and mark, without rendering and sending; the peers only fetch and complete as many jobs. */
export async function claimBenchmark(server: BenchServer, quick: boolean): Promise<Benchmark> {
  const recipients = quick ? 500 : 10_000;
  const ours: [number, Awaited<ReturnType<typeof layOut>>][] = [];
  for (const each of quick ? [1] : [1, 10]) ours.push([each, await layOut(server, recipients, each)]);
  const graphile = await graphileWorkerQueue(server);
  const boss = await pgBossQueue(server);
  return {
    name: "claim",
    about: "Notifications a second through claim, compose and mark, by notifications a recipient and connections; the peers fetch and complete jobs that do nothing.",
    units: { notifications: "notifications/s", recipients: "recipients/s", jobs: "jobs/s" },
    variants: [
      ...ours.flatMap(([each, { database, author, events }]): Variant[] => [1, 2].map((connections) => ({
        name: `ours, ${each} a recipient, ${connections} connection${connections > 1 ? "s" : ""}`,
        run: async () => {
          await makeDue(database.sql, author, events);
          const ms = await timed(() => Promise.all(Array.from({ length: connections }, () => drain(database.sql))));
          await expectAllSent(database.sql, recipients * each);
          return { notifications: (recipients * each / ms) * 1000, recipients: (recipients / ms) * 1000 };
        },
      }))),
      { name: "graphile-worker, ten at once", run: async () => ({ jobs: await graphile.run(recipients) }) },
      { name: "pg-boss, batches of 1,000", run: async () => ({ jobs: await boss.run(recipients) }) },
    ],
    async close() {
      for (const [, { database }] of ours) await database.drop();
      await graphile.close();
      await boss.close();
    },
  };
}

async function layOut(server: BenchServer, recipients: number, each: number) {
  const database: BenchDatabase = await server.createDatabase();
  await addCrowd(database.sql, recipients);
  const events = await addEvents(database.sql, each, recipients, 0);
  return { database, author: await addAuthor(database.sql), events };
}

async function makeDue(sql: Sql, author: string, events: string[]): Promise<void> {
  await cleanSlate(sql);
  await sql`insert into public.chat_messages (event_id, user_id, body) select e, ${author}, 'The doors open at seven.' from unnest(${events}::uuid[]) e`;
  await sql`update private.bursts set closes_at = now() - interval '1 second' where settled_at is null`;
  for (;;) {
    const [{ settled }] = await sql<[{ settled: number }]>`select private.settle_bursts() as settled`;
    const [{ done }] = await sql<[{ done: number }]>`select private.continue_fan_out() as done`;
    if (settled + done === 0) break;
  }
  await sql`vacuum analyze public.notifications, private.bursts, private.burst_messages`;
}

async function drain(pool: Sql): Promise<void> {
  const sql = await pool.reserve();
  for (;;) {
    const dispatches = await sql<{ dispatch_id: string; attempt: number; letters: unknown[] }[]>`
      select dispatch_id, attempt, letters from public.get_pending_notifications(${BATCH})`;
    if (dispatches.length === 0) break;
    for (const { dispatch_id, attempt } of dispatches) {
      await sql`select private.begin_attempt(${dispatch_id}, ${attempt}, sha256('x'))`;
      await sql`select public.mark_notification_sent(${dispatch_id}, ${attempt})`;
    }
  }
  sql.release();
}

async function expectAllSent(sql: Sql, count: number): Promise<void> {
  const [{ sent }] = await sql<[{ sent: number }]>`select count(*)::int as sent from public.notifications where status = 'sent'`;
  if (sent !== count) throw new Error(`${sent} of ${count} notifications were sent.`);
}
