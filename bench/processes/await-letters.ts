import { awaitWork } from "./await-work.ts";
import type { Provider } from "./provider.ts";

/** Asking takes processor time from whoever works: every 20 ms, as for other work, it took 2 % of both processors in the asking process alone. */
const ASK_EVERY_MS = 250;

/**
 * Until the provider has accepted so many letters; when it accepted the last of them, in ms since 1970 by its own ledger.
 * Throws when one of those who work at it has ended, or when it takes for ever.
 */
export async function awaitLetters(what: string, workers: Parameters<typeof awaitWork>[1], provider: Provider, letters: number): Promise<number> {
  await awaitWork(what, [...workers, provider], async () => (await provider.accepted()) >= letters, ASK_EVERY_MS);
  return provider.acceptedAt(letters);
}
