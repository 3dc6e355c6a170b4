import { rmSync } from "node:fs";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { type RunningProcess, startProcess } from "../../scenarios/harness/start-process.ts";
import { bundleWorker } from "../../scripts/bundle-worker.ts";
import { TEST_DEPLOYMENT } from "../../supabase/tests/harness/world.ts";

export const UNSUBSCRIBE_KEYS = "the_benchmark_signs_its_links_with_this";

let built: Promise<string> | undefined;

/** The file that `npm run package` writes. */
async function buildWorker(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), "chat-notifications-worker-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const file = path.join(folder, "worker.mjs");
  await writeFile(file, await bundleWorker());
  return file;
}

/** A worker as it is deployed, against a database and a provider. */
export async function startWorker(databaseUrl: string, providerUrl: string): Promise<RunningProcess> {
  return startProcess({
    what: "A worker",
    script: await (built ??= buildWorker()),
    env: {
      NODE_ENV: "production",
      DATABASE_URL: databaseUrl,
      SUPABASE_URL: TEST_DEPLOYMENT,
      RESEND_API_KEY: "re_bench",
      RESEND_BASE_URL: providerUrl,
      UNSUBSCRIBE_KEYS,
      ALLOW_PLAINTEXT: "true",
      LOG_LEVEL: "warn",
    },
  });
}
