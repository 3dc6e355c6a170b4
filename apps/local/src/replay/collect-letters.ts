import { inParallel } from "./in-parallel.ts";
import { type LetterNews, readLetter } from "./read-letter.ts";
import { type SimulatorDeps, readSimulator } from "./read-simulator.ts";

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

interface ListedEmail {
  id: string;
  to: string[];
}

interface EmailPage {
  data: ListedEmail[];
  has_more: boolean;
}

/** Reads the simulator's mailbox from the outside: the list by its API, each letter's HTML by its page, which has no rate limit. */
export function createLetterCollector(eventId: string, deps: SimulatorDeps): LetterCollector {
  const letters = new Map<string, AcceptedLetter>();
  const seen = new Set<string>();

  const listNew = async (): Promise<ListedEmail[]> => {
    const found: ListedEmail[] = [];
    for (let after: string | undefined; ; ) {
      const { data, has_more } = (await readSimulator(`/emails?limit=100${after === undefined ? "" : `&after=${after}`}`, deps)) as EmailPage;
      const fresh = data.filter(({ id }) => !seen.has(id));
      found.push(...fresh);
      after = data.at(-1)?.id;
      if (fresh.length < data.length || !has_more || after === undefined) return found;
    }
  };

  const read = async ({ id, to }: ListedEmail) => {
    const response = await deps.fetch(`${deps.resendBaseUrl}/mailbox/${id}/html`);
    const html = await response.text();
    // What has no HTML is no letter of ours, and sign-in mails tell of no event.
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
