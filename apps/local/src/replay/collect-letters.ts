import { inParallel } from "./in-parallel.ts";
import { type LetterNews, readLetter } from "./read-letter.ts";

/** A letter that the simulator accepted and that tells of the event. */
export interface AcceptedLetter extends LetterNews {
  /** The simulator's id. */
  id: string;
  /** Lower case. */
  address: string;
}

export interface LetterCollector {
  /** Fetches what has been accepted since the last time. The simulator forgets its oldest letters: call it now and then. */
  collect(): Promise<void>;
  /** Everything about the event so far, by id. */
  readonly letters: ReadonlyMap<string, AcceptedLetter>;
}

export interface CollectorDeps {
  /** Without a trailing slash. */
  resendBaseUrl: string;
  resendApiKey: string;
  eventId: string;
  fetch: typeof fetch;
  wait: (ms: number) => Promise<void>;
}

interface ListedEmail {
  id: string;
  to: string[];
}

/** Reads the simulator's mailbox from the outside: the list by its API, each letter's HTML by its page, which has no rate limit. */
export function createLetterCollector({ resendBaseUrl, resendApiKey, eventId, fetch, wait }: CollectorDeps): LetterCollector {
  const letters = new Map<string, AcceptedLetter>();
  const seen = new Set<string>();

  const listPage = async (after: string | undefined): Promise<{ data: ListedEmail[]; has_more: boolean }> => {
    for (;;) {
      const cursor = after === undefined ? "" : `&after=${after}`;
      const headers = { authorization: `Bearer ${resendApiKey}`, "user-agent": "chat-notifications-replay/0.1" };
      const response = await fetch(`${resendBaseUrl}/emails?limit=100${cursor}`, { headers });
      if (response.ok) return (await response.json()) as { data: ListedEmail[]; has_more: boolean };
      const refusal = await response.text();
      if (response.status !== 429) throw new Error(`The simulator does not list its letters (HTTP ${response.status}): ${refusal.slice(0, 200)}`);
      await wait(Number(response.headers.get("retry-after") ?? 1) * 1000);
    }
  };

  const listNew = async (): Promise<ListedEmail[]> => {
    const found: ListedEmail[] = [];
    for (let after: string | undefined; ; ) {
      const { data, has_more } = await listPage(after);
      const fresh = data.filter(({ id }) => !seen.has(id));
      found.push(...fresh);
      after = data.at(-1)?.id;
      if (fresh.length < data.length || !has_more || after === undefined) return found;
    }
  };

  const read = async ({ id, to }: ListedEmail) => {
    const response = await fetch(`${resendBaseUrl}/mailbox/${id}/html`);
    const html = await response.text();
    // What has no HTML is no letter of ours (sign-in mails have some).
    const news = response.ok ? readLetter(html, eventId) : null;
    if (news !== null) letters.set(id, { id, address: (to[0] ?? "").toLowerCase(), ...news });
    seen.add(id);
  };

  return {
    letters,
    async collect() {
      await inParallel(await listNew(), 4, read);
    },
  };
}
