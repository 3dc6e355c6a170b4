import type { Sql } from "postgres";
import type { AcceptedLetter } from "./collect-letters.ts";
import { readContents, readMarks } from "./engine-records.ts";
import { listListeners } from "./gather-people.ts";
import { type PostedMessage, type Verdict, judgeLetters } from "./judge-letters.ts";

export interface ReplayVerdict extends Verdict {
  /** Everybody in the event. */
  people: number;
  /** Those of them who chose digests or no letters at all; they are not judged. */
  leftAside: number;
}

/** Judges the letters about an event: everybody in it is owed every message that is not their own. */
export async function judgeReplay(
  sql: Sql,
  eventId: string,
  messages: readonly PostedMessage[],
  letters: readonly AcceptedLetter[],
): Promise<ReplayVerdict> {
  const listeners = await listListeners(sql, eventId);
  const marks = await readMarks(sql, eventId);
  const readers = listeners
    .filter(({ immediate }) => immediate)
    .map(({ id, address }) => ({ id, address, readUpTo: marks.get(id) ?? null }));
  const aside = new Set(listeners.filter(({ immediate }) => !immediate).map(({ address }) => address));
  const judged = letters.filter(({ address }) => !aside.has(address));
  const verdict = judgeLetters(messages, readers, judged, await readContents(sql, eventId));
  return { ...verdict, people: listeners.length, leftAside: aside.size };
}
