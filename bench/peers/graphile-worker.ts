import { Logger, makeWorkerUtils, run } from "graphile-worker";
import pg from "pg";
import type { BenchServer } from "../bench-server.ts";

export interface Queue {
  /** Puts so many jobs in and works them off; returns jobs a second, without the putting in. */
  run(jobs: number): Promise<number>;
  close(): Promise<void>;
}

/** Ten jobs at once; local queues and batched completions come with its 0.17, which needs a newer Node. */
export async function graphileWorkerQueue(server: BenchServer): Promise<Queue> {
  const database = await server.createDatabase("empty");
  const pgPool = new pg.Pool({ connectionString: database.url, max: 12 });
  // Idle connections that end with their database are nobody's error.
  pgPool.on("error", () => {});
  const utils = await makeWorkerUtils({ pgPool });
  await utils.migrate();
  return {
    async run(jobs) {
      await database.sql`
        select graphile_worker.add_jobs(array(
          select row('tell', '{}'::json, null, null, null, null, null, null)::graphile_worker.job_spec from generate_series(1, ${jobs})))`;
      let done = 0;
      let finished!: () => void;
      const all = new Promise<void>((resolve) => (finished = resolve));
      const before = performance.now();
      const runner = await run({
        pgPool,
        noHandleSignals: true,
        // A line for every job would be measured, too.
        logger: new Logger(() => () => {}),
        concurrency: 10,
        taskList: {
          tell: () => {
            done += 1;
            if (done === jobs) finished();
          },
        },
      });
      await all;
      await runner.stop();
      return (jobs / (performance.now() - before)) * 1000;
    },
    async close() {
      await utils.release();
      await pgPool.end();
      await database.drop();
    },
  };
}
