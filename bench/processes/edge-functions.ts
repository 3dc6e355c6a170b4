import { startTicking } from "../../scenarios/harness/start-ticking.ts";
import { openEdgeGateway } from "../../supabase/tests/edge-runtime/edge-gateway.ts";
import { TEST_DEPLOYMENT } from "../../supabase/tests/harness/world.ts";
import type { BenchDatabase } from "../bench-server.ts";
import { UNSUBSCRIBE_KEYS } from "./worker.ts";

const SECRET_KEY = "sb_secret_of_the_benchmark";
const TICK = "process-notifications-cron";
const SEND = "send-chat-notifications";

export interface EdgeFunctions {
  /** Begins the schedule: a tick now, and one every so many ms. */
  schedule(everyMs: number): void;
  /** Throws once one of them has ended. */
  expectAlive(): Promise<void>;
  /** So far: processor seconds of both functions; the most memory of the one that took more, in MB. Null where the kernel does not say. */
  use(): Promise<{ seconds: number; mb: number } | null>;
  /** Delivery is the workers' again. */
  stop(): Promise<void>;
}

/** The two functions that make and send letters, each in a real Deno process of its own behind a gateway. */
export async function startEdgeFunctions({ sql, notifierUrl }: BenchDatabase, providerUrl: string): Promise<EdgeFunctions> {
  const gateway = await openEdgeGateway();
  await gateway.start([TICK, SEND], {
    DATABASE_URL: notifierUrl,
    SUPABASE_SECRET_KEYS: JSON.stringify({ default: SECRET_KEY }),
    RESEND_API_KEY: "re_bench",
    RESEND_BASE_URL: providerUrl,
    UNSUBSCRIBE_KEYS,
  });
  await sql`update private.settings set delivery_on_for = ${gateway.origin}`;
  let stopTicking = async () => {};
  const use = async () => {
    if (process.platform !== "linux") return null;
    const used = await Promise.all([...gateway.functions].map(async ([name, running]) => {
      try {
        return await running.usage();
      } catch (error) {
        throw new Error(`${name} ended by itself: ${running.output().slice(-500)}`, { cause: error });
      }
    }));
    return { seconds: used.reduce((sum, { cpuMs }) => sum + cpuMs / 1000, 0), mb: Math.max(...used.map(({ peakMb }) => peakMb)) };
  };
  return {
    schedule(everyMs) {
      stopTicking = startTicking(gateway.origin, SECRET_KEY, everyMs);
    },
    async expectAlive() {
      await use();
    },
    use,
    async stop() {
      await stopTicking();
      await gateway.stop();
      await sql`update private.settings set delivery_on_for = ${TEST_DEPLOYMENT}`;
    },
  };
}
