import type { Sql } from "postgres";
import { emptyBareTables, insertBare, layOutBareTables, moveBare } from "./bare-writes.ts";
import type { BenchServer } from "./bench-server.ts";
import { cleanSlate } from "./clean-slate.ts";
import { addAuthor, addCrowd, addEvents } from "./crowd.ts";
import { drain } from "./drain.ts";
import { makeDue } from "./make-due.ts";
import { type Benchmark, timed, type Variant } from "./measure.ts";
import { graphileWorkerQueue } from "./peers/graphile-worker.ts";
import { pgBossQueue } from "./peers/pg-boss.ts";

/** Claim, compose and mark, without rendering and sending; the peers only fetch and complete as many jobs. */
export async function claimBenchmark(server: BenchServer, quick: boolean): Promise<Benchmark> {
  // Of those with many notifications fewer, so that a round stays short; and fewer a claim, so that eight have work.
  const sizes = quick
    ? [{ each: 1, recipients: 500, batch: 500 }, { each: 10, recipients: 100, batch: 500 }]
    : [{ each: 1, recipients: 10_000, batch: 500 }, { each: 10, recipients: 10_000, batch: 500 }, { each: 100, recipients: 1_000, batch: 100 }];
  const jobs = sizes[0]!.recipients;
  const database = await server.createDatabase();
  const { sql } = database;
  await addCrowd(sql, Math.max(...sizes.map(({ recipients }) => recipients)));
  const rooms: ((typeof sizes)[number] & { events: string[] })[] = [];
  for (const size of sizes) rooms.push({ ...size, events: await addEvents(sql, size.each, size.recipients, 0) });
  const author = await addAuthor(sql);
  await layOutBareTables(sql);
  const graphile = await graphileWorkerQueue(server);
  const boss = await pgBossQueue(server);
  return {
    name: "claim",
    about: "Notifications a second through claim, compose and mark, by notifications a recipient and connections; the rows alone, written as often into tables with the same indexes and constraints, nothing decided or read; the peers fetch and complete jobs that do nothing.",
    units: { notifications: "notifications/s", recipients: "recipients/s", jobs: "jobs/s" },
    variants: [
      ...rooms.flatMap(({ events, recipients, each, batch }): Variant[] => (quick ? [2] : [1, 2, 4, 8]).map((connections) => ({
        name: `ours, ${each} a recipient, ${connections} connection${connections > 1 ? "s" : ""}`,
        run: async () => {
          await cleanSlate(sql);
          await makeDue(sql, author, events);
          const ms = await timed(() => drain(sql, { connections, batch }));
          await expectAllSent(sql, recipients * each);
          return { notifications: (recipients * each / ms) * 1000, recipients: (recipients / ms) * 1000 };
        },
      }))),
      ...rooms.filter(({ each }) => each <= 10).map(({ events, recipients, each }): Variant => ({
        name: `the rows alone, ${each} a recipient, 2 connections`,
        run: async () => {
          await emptyBareTables(sql);
          await insertBare(sql, events, recipients);
          const ms = await timed(() => moveBare(sql, recipients, each, 2));
          return { notifications: (recipients * each / ms) * 1000, recipients: (recipients / ms) * 1000 };
        },
      })),
      { name: "graphile-worker, ten at once", run: async () => ({ jobs: await graphile.run(jobs) }) },
      { name: "pg-boss, batches of 1,000", run: async () => ({ jobs: await boss.run(jobs) }) },
    ],
    async close() {
      await database.drop();
      await graphile.close();
      await boss.close();
    },
  };
}

async function expectAllSent(sql: Sql, count: number): Promise<void> {
  const [{ sent }] = await sql<[{ sent: number }]>`select count(*)::int as sent from public.notifications where status = 'sent'`;
  if (sent !== count) throw new Error(`${sent} of ${count} notifications were sent.`);
}
