import { type RunningProcess, startProcess } from "../../scenarios/harness/start-process.ts";
import { TEST_DEPLOYMENT } from "../../supabase/tests/harness/world.ts";

export const UNSUBSCRIBE_KEYS = "the_benchmark_signs_its_links_with_this";

/** A worker as it is deployed, against a database and a provider. */
export function startWorker(databaseUrl: string, providerUrl: string): RunningProcess {
  return startProcess({
    what: "A worker",
    script: "apps/worker/src/main.ts",
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
