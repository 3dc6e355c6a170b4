import pg from "pg";
import PgBoss from "pg-boss";
import type { BenchServer } from "../bench-server.ts";
import type { Queue } from "./graphile-worker.ts";

/** Fetches and completes in batches of 1,000. */
export async function pgBossQueue(server: BenchServer): Promise<Queue> {
  const database = await server.createDatabase("empty");
  const pool = new pg.Pool({ connectionString: database.url, max: 12 });
  // Idle connections that end with their database are nobody's error.
  pool.on("error", () => {});
  const boss = new PgBoss({ db: { executeSql: (text, values) => pool.query(text, values) }, supervise: false, schedule: false });
  await boss.start();
  await boss.createQueue("tell");
  return {
    async run(jobs) {
      await boss.insert(Array.from({ length: jobs }, () => ({ name: "tell", data: {} })));
      const before = performance.now();
      for (let left = jobs; left > 0; ) {
        const batch = await boss.fetch("tell", { batchSize: 1000 });
        await boss.complete("tell", batch.map(({ id }) => id));
        left -= batch.length;
      }
      return (jobs / (performance.now() - before)) * 1000;
    },
    async close() {
      await boss.stop({ graceful: false, wait: true });
      await pool.end();
      await database.drop();
    },
  };
}
