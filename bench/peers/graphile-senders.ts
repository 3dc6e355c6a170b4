import { randomUUID } from "node:crypto";
import { makeWorkerUtils } from "graphile-worker";
import pg from "pg";
import type { Sql } from "postgres";
import { startProcess } from "../../scenarios/harness/start-process.ts";
import type { BenchServer } from "../bench-server.ts";
import { awaitLetters } from "../processes/await-letters.ts";
import { awaitWork } from "../processes/await-work.ts";
import { startProvider } from "../processes/provider.ts";
import type { SendJob } from "./graphile-sender.ts";

const A_JOB = 100;

export interface Senders {
  /** E-mails a second with so many processes, from adding the jobs to the last e-mail accepted; and their size. */
  run(processes: number, latencyMs: number): Promise<Record<string, number>>;
  close(): Promise<void>;
}

/**
 * The same work as one would write it by hand: jobs of 100 recipients added in one call, each letter rendered by
 * react-email with the same ten messages, all of a job sent in one batch by the SDK.
 * @param others how many are told before anything is measured, as by processes that run for weeks; hundreds
 * @param said the conversation, of which a letter shows the newest ten
 */
export async function graphileSenders(server: BenchServer, letters: number, others: number, said: string[]): Promise<Senders> {
  const database = await server.createDatabase("empty");
  const pgPool = new pg.Pool({ connectionString: database.url, max: 4 });
  // Idle connections that end with their database are nobody's error.
  pgPool.on("error", () => {});
  const utils = await makeWorkerUtils({ pgPool });
  await utils.migrate();
  const eventId = randomUUID();
  const jobs = Array.from({ length: letters / A_JOB }, (_, job): SendJob => ({
    eventId, messages: said.slice(-10), count: said.length,
    recipients: Array.from({ length: A_JOB }, (_, i) => ({
      id: randomUUID(), name: `Person ${job * A_JOB + i}`, address: `person${job * A_JOB + i}@example.com`,
    })),
  }));
  return {
    async run(processes, latencyMs) {
      const provider = await startProvider(latencyMs);
      const senders = Array.from({ length: processes }, () => startProcess({
        what: "A sender",
        script: "bench/peers/graphile-sender.ts",
        env: { NODE_ENV: "production", DATABASE_URL: database.url, RESEND_BASE_URL: provider.baseUrl },
      }));
      try {
        // A worker that has begun listens; until then jobs would wait for its start rather than for its work.
        await awaitWork("the senders to begin", [...senders, provider], async () =>
          (await database.sql`
            select from pg_stat_activity
            where datname = current_database() and query ilike '%listen "jobs:insert"%' and pid <> pg_backend_pid()`).length >= processes);
        await addJobs(database.sql, jobs.slice(0, others / A_JOB));
        await awaitLetters("the first to be told", senders, provider, others);
        const begun = Date.now();
        await addJobs(database.sql, jobs);
        const ms = (await awaitLetters("everybody to be told", senders, provider, others + letters)) - begun;
        return { rate: (letters / ms) * 1000, "letter size": (await provider.readLedger()).letterKb };
      } finally {
        await Promise.all(senders.map((sender) => sender.stop()));
        await provider.stop();
      }
    },
    async close() {
      await utils.release();
      await pgPool.end();
      await database.drop();
    },
  };
}

/** In one call, as its documentation suggests. */
async function addJobs(sql: Sql, jobs: SendJob[]): Promise<void> {
  await sql`
    select graphile_worker.add_jobs(array(
      select row('send', j, null, null, null, null, null, null)::graphile_worker.job_spec from json_array_elements(${JSON.stringify(jobs)}::text::json) j))`;
}
