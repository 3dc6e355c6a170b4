/** One message of a conversation. */
export interface Utterance {
  /** Whole minutes since the conversation's first message; never decreases. */
  minute: number;
  nick: string;
  /** As in the file; an action line (`* nick waves`) is the action with its nick. May be empty. */
  text: string;
}

const SAID = /^\[(\d{1,2}):(\d{2})\] <([^>]+)>(?: (.*))?$/s;
const ACTED = /^\[(\d{1,2}):(\d{2})\] {1,2}\* ((\S+)(?: .*)?)$/s;
const DAY = 24 * 60;

/**
 * Reads an IRC log: `[HH:MM] <nick> text` and `[HH:MM]  * nick action`; system lines (`=== …`) and everything else
 * are left out. Times have no date: one that goes back by more than an hour is the next day's, a smaller step back
 * counts as the same minute.
 */
export function parseConversation(log: string): Utterance[] {
  const utterances: Utterance[] = [];
  let first: number | undefined;
  let now = 0;
  // Only what ends a line in the file: chat holds other control characters and they stay.
  for (const line of log.split(/\r?\n/)) {
    const said = SAID.exec(line);
    const acted = said === null ? ACTED.exec(line) : null;
    const found = said ?? acted;
    if (found === null) continue;
    const clock = Number(found[1]) * 60 + Number(found[2]);
    first ??= clock;
    const ahead = (clock - first - now) % DAY;
    now += ahead < -60 ? ahead + DAY : Math.max(0, ahead);
    utterances.push({ minute: now, nick: said ? said[3]! : acted![4]!, text: (said ? said[4] : acted![3]) ?? "" });
  }
  return utterances;
}
