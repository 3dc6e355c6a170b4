import { startProcess } from "../scenarios/harness/start-process.ts";
import { timed } from "./measure.ts";
import { awaitWork } from "./processes/await-work.ts";
import { startProvider } from "./processes/provider.ts";

/**
 * The letters themselves, made before, from processes that do nothing but send them: no design that sends as much
 * through this provider is faster on the same machine.
 * @param letters in thousands, so that each process sends whole batches
 */
export async function sendPrepared(letters: number, processes: number, said: string[]): Promise<Record<string, number>> {
  const provider = await startProvider(0);
  const senders = Array.from({ length: processes }, () => startProcess({
    what: "A sender",
    script: "bench/processes/prepared-sender.ts",
    env: { NODE_ENV: "production", RESEND_BASE_URL: provider.baseUrl, LETTERS: String(letters / processes), SAID: JSON.stringify(said) },
  }));
  const all = [...senders, provider];
  try {
    // They begin when they are loaded, not all at once.
    let begun = 0;
    await awaitWork("the senders to begin", all, async () => (begun = await provider.accepted()) >= letters / 10);
    const ms = await timed(() => awaitWork("all to be accepted", all, async () => (await provider.accepted()) >= letters));
    return { rate: ((letters - begun) / ms) * 1000, "letter size": (await provider.readLedger()).letterKb };
  } finally {
    await Promise.all(senders.map((sender) => sender.stop()));
    await provider.stop();
  }
}
