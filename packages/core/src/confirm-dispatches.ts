import type { Database, UnconfirmedDispatch } from "./database.ts";
import type { Log } from "./deliver-dispatch.ts";
import type { ListedEmail, Provider } from "./provider.ts";

/** How far the provider's clock may be behind the database's. */
const CLOCK_SKEW_MS = 5 * 60_000;
/** Letters to one address that are looked at: where staging redirects everything, all go to the same. */
const MOST_CANDIDATES = 50;

/**
 * Looks in the provider's list for letters of dispatches that are sent by its word about the key alone. What is found
 * is confirmed; what is not stays for webhooks, and for an operator. Returns how many were confirmed.
 */
export async function confirmDispatches({ database, provider, log }: { database: Database; provider: Provider; log: Log }): Promise<number> {
  const unconfirmed = await database.unconfirmedDispatches();
  if (unconfirmed.length === 0) return 0;
  const since = new Date(Math.min(...unconfirmed.map(({ since }) => since.getTime())) - CLOCK_SKEW_MS);
  const listed = await provider.listEmails(since);
  if (listed === null) return 0;
  let confirmed = 0;
  for (const dispatch of unconfirmed) {
    const providerId = await findFirstLetter(dispatch, listed, provider);
    if (providerId !== null && (await database.confirmDispatch(dispatch.id, [providerId]))) {
      confirmed += 1;
      log("info", "dispatch_confirmed", { dispatch_id: dispatch.id });
    }
  }
  return confirmed;
}

/** The provider's id of a dispatch's first letter. Its tag tells it from later letters to the same address. */
async function findFirstLetter({ emailId, address }: UnconfirmedDispatch, listed: ListedEmail[], provider: Provider): Promise<string | null> {
  const candidates = listed.filter(({ to }) => to.length === 1 && to[0] === address).slice(-MOST_CANDIDATES);
  for (const { id } of candidates.reverse()) {
    if ((await provider.readTags(id))?.email_id === emailId) return id;
  }
  return null;
}
