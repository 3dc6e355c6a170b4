import type { AcceptedLetter } from "./collect-letters.ts";

/** A message that was posted, and by whom. */
export interface PostedMessage {
  id: string;
  authorId: string;
}

/** Who is owed every message of the event but their own. */
export interface Reader {
  id: string;
  /** Lower case. */
  address: string;
  /** Up to which message they have read the chat themselves: those need no letter. null: none. */
  readUpTo: string | null;
}

/** What the database says a letter tells: the messages of its bursts and the mentions it was written for. */
export interface LetterContents {
  mentions: string[];
  burst: string[];
}

export interface Verdict {
  /** Pairs of message and reader that letters state: shown, or counted in "and N more". */
  covered: number;
  /** Pairs that are owed and that no letter tells. */
  missing: number;
  /** Tellings that nobody is owed: a second time, one's own message, a stranger's letter. */
  doubled: number;
  /** The first few findings in words. */
  findings: string[];
}

/**
 * Compares what is owed (every message to everybody but its author) with what the accepted letters say. A letter's links
 * name the messages it shows; which ones it only counts comes from `contents` (by letter id), and must add up to the
 * count it states.
 */
export function judgeLetters(
  messages: readonly PostedMessage[],
  readers: readonly Reader[],
  letters: Iterable<AcceptedLetter>,
  contents: ReadonlyMap<string, LetterContents>,
): Verdict {
  const verdict: Verdict = { covered: 0, missing: 0, doubled: 0, findings: [] };
  const note = (finding: string) => void (verdict.findings.length < 20 && verdict.findings.push(finding));
  const lettersOf = new Map<string, AcceptedLetter[]>();
  for (const letter of letters) lettersOf.set(letter.address, [...(lettersOf.get(letter.address) ?? []), letter]);
  const authorOf = new Map(messages.map(({ id, authorId }) => [id, authorId]));

  for (const reader of readers) {
    const own = lettersOf.get(reader.address) ?? [];
    lettersOf.delete(reader.address);
    const { stated, told } = countTellings(own, contents, (id) => authorOf.get(id) === reader.id);
    verdict.covered += stated;

    let owed = 0;
    let missing = 0;
    let doubled = 0;
    for (const { id, authorId } of messages) {
      const times = told.get(id) ?? 0;
      told.delete(id);
      if (authorId === reader.id) {
        doubled += times;
        if (times > 0) note(`${reader.address} is told their own message ${id}`);
      } else if (times === 0 && reader.readUpTo !== null && BigInt(id) <= BigInt(reader.readUpTo)) {
        continue;
      } else {
        owed += 1;
        if (times === 0) note(`${reader.address} is not told message ${id}`);
        if (times > 1) note(`${reader.address} is told message ${id} ${times} times`);
        missing += times === 0 ? 1 : 0;
        doubled += Math.max(0, times - 1);
      }
    }
    for (const [id, times] of told) {
      doubled += times;
      note(`${reader.address} is told message ${id}, which nobody posted`);
    }
    if (stated !== owed && missing === 0 && doubled === 0) note(`${reader.address} is owed ${owed} messages, and letters state ${stated}`);
    // Whichever finds more: message by message, or the counts that the letters state.
    verdict.missing += Math.max(missing, owed - stated);
    verdict.doubled += Math.max(doubled, stated - owed);
  }
  for (const [address, others] of lettersOf) {
    const stated = others.reduce((sum, { shown, more }) => sum + shown.length + more, 0);
    verdict.doubled += stated;
    note(`${address} is not in the event, and letters tell them ${stated} messages`);
  }
  return verdict;
}

/** How often one reader's letters tell each message, and how many they state in all. */
function countTellings(
  letters: readonly AcceptedLetter[],
  contents: ReadonlyMap<string, LetterContents>,
  isOwn: (id: string) => boolean,
) {
  const told = new Map<string, number>();
  const tell = (id: string) => told.set(id, (told.get(id) ?? 0) + 1);
  // A mention has a letter of its own, so the burst's "and N more" does not mean it.
  const elsewhere = new Set(letters.flatMap(({ id, shown }) => [...shown, ...(contents.get(id)?.mentions ?? [])]));
  let stated = 0;
  for (const { id, shown, more } of letters) {
    stated += shown.length + more;
    shown.forEach(tell);
    const { mentions, burst } = contents.get(id) ?? { mentions: [], burst: [] };
    const hidden = [
      ...mentions.filter((message) => !shown.includes(message)),
      // Newest first: what a reader has read in the chat, and no letter counts, is older than what they have not.
      ...burst.filter((message) => !elsewhere.has(message) && !isOwn(message)).sort((a, b) => Number(b) - Number(a)),
    ];
    // Never more than the letter says: what it does not count, it does not tell.
    hidden.slice(0, more).forEach(tell);
  }
  return { stated, told };
}
