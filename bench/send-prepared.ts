import { startProcess } from "../scenarios/harness/start-process.ts";
import { awaitLetters } from "./processes/await-letters.ts";
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
  try {
    // They begin when they are loaded, not all at once.
    const last = await awaitLetters("all to be accepted", senders, provider, letters);
    const begun = letters / 10;
    return { rate: ((letters - begun) / (last - (await provider.acceptedAt(begun)))) * 1000, "letter size": (await provider.readLedger()).letterKb };
  } finally {
    await Promise.all(senders.map((sender) => sender.stop()));
    await provider.stop();
  }
}
