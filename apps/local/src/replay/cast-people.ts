import type { Utterance } from "./parse-conversation.ts";

/** Somebody who takes part in a replay. */
export interface CastMember {
  /** What they are called in the conversation. */
  name: string;
  /** The handle to ask for at sign-up; somebody may have it already. */
  handle: string;
  email: string;
}

export interface Cast {
  people: CastMember[];
  /** Who speaks for a nick (IRC does not tell upper from lower case); undefined: nobody is called so. */
  of(nick: string): CastMember | undefined;
}

/**
 * Gives a conversation's nicks to people: the same file always gives the same people.
 * @param size how many people; the most active authors first, then silent readers. Authors beyond it share the people
 * there are. Default: one for each author.
 */
export function castPeople(conversation: readonly Utterance[], size?: number): Cast {
  const authors = authorsByActivity(conversation);
  const taken = new Set<string>();
  const known = authors.map((name) => castMember(name, taken));
  const wanted = size ?? known.length;
  while (known.length < wanted) known.push(castMember(`Reader ${known.length - authors.length + 1}`, taken));
  const people = known.slice(0, wanted);
  const byNick = new Map(authors.map((name, place) => [name.toLowerCase(), people[place % people.length]!]));
  return { people, of: (nick) => byNick.get(nick.toLowerCase()) };
}

function authorsByActivity(conversation: readonly Utterance[]): string[] {
  const authors = new Map<string, { name: string; messages: number }>();
  for (const { nick } of conversation) {
    const author = authors.get(nick.toLowerCase()) ?? { name: nick, messages: 0 };
    author.messages += 1;
    authors.set(nick.toLowerCase(), author);
  }
  // Sorting is stable: who spoke first comes first among equals.
  return [...authors.values()].sort((a, b) => b.messages - a.messages).map(({ name }) => name);
}

function castMember(name: string, taken: Set<string>): CastMember {
  const base = trim(trim(name.toLowerCase().replace(/[^a-z0-9_]+/g, "-")).slice(0, 16)) || "someone";
  let handle = base;
  for (let number = 2; taken.has(handle); number += 1) handle = `${base}-${number}`;
  taken.add(handle);
  return { name, handle, email: `${handle}@irc.test` };
}

function trim(handle: string): string {
  return handle.replace(/^[-_]+|[-_]+$/g, "");
}
