import type { Database, UnconfirmedDispatch } from "./database.ts";
import type { Log } from "./deliver-dispatch.ts";
import type { ListedEmail, Provider } from "./provider.ts";

/**
 * Looks in the provider's list for letters of dispatches that are sent by its word about the key alone. What is found
 * is confirmed; what is not stays for webhooks, and after an hour for an operator. Returns how many were confirmed.
 */
export async function confirmDispatches({ database, provider, log }: { database: Database; provider: Provider; log: Log }): Promise<number> {
  const unconfirmed = await database.unconfirmedDispatches();
  if (unconfirmed.length === 0) return 0;
  const since = new Date(Math.min(...unconfirmed.map(({ since }) => since.getTime())));
  const listed = await provider.listEmails(since);
  if (listed === null) return 0;
  let confirmed = 0;
  for (const dispatch of unconfirmed) {
    const ids = findLetters(dispatch, listed);
    if (ids !== null && (await database.confirmDispatch(dispatch.id, ids))) {
      confirmed += 1;
      log("info", "dispatch_confirmed", { dispatch_id: dispatch.id, letters: ids.length });
    }
  }
  return confirmed;
}

/** The provider's ids of all letters of a dispatch, in their order; null unless every one is found. */
function findLetters({ since, addresses }: UnconfirmedDispatch, listed: ListedEmail[]): string[] | null {
  const free = listed.filter(({ createdAt }) => createdAt >= since);
  const ids: string[] = [];
  for (const address of addresses) {
    const index = free.findIndex(({ to }) => to.length === 1 && to[0] === address);
    if (index === -1) return null;
    ids.push(free.splice(index, 1)[0]!.id);
  }
  return ids;
}
