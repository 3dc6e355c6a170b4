import type { AcceptedLetter } from "./mail-simulator.ts";

/** A recipient and a message, and in which letters they met. */
export interface Pair {
  address: string;
  token: string;
  letters: AcceptedLetter[];
}

export interface Verdict {
  messages: number;
  /** Pairs of recipient and message that had to be told. */
  expected: number;
  /** Pairs that letters told, each as often as it was told. */
  accepted: number;
  /** Expected and never told; nothing is lost yet where letters are still on their way. */
  lost: Pair[];
  /** Told more than once. */
  doubled: Pair[];
  /** Told although nothing said so: to the author, before joining, of a transaction that never was. */
  unexpected: Pair[];
}

/** What writers wrote against what the provider accepted; our own tables are not asked. */
export interface Tally {
  /** A message is about to be written; its fate is open. */
  announce(token: string, room: string, readers: Iterable<string>): void;
  decide(token: string, committed: boolean): void;
  accept(letter: AcceptedLetter): void;
  /** Messages of a room that are not told to everybody yet. */
  outstanding(room: string): number;
  /** Whether everything that had to be told has been. */
  complete(): boolean;
  doubledSoFar(): number;
  letters(): number;
  /** @param drained whether everything that can still come has come */
  judge(drained: boolean): Verdict;
}

/** Words that occur nowhere else in a letter, one for each message. Letters only: digits could be masked as secrets. */
export function tokenOf(number: number): string {
  const digits = number.toString(26).padStart(5, "0");
  return `zq${[...digits].map((digit) => String.fromCharCode(97 + Number.parseInt(digit, 26))).join("")}`;
}

const TOKENS = /\bzq[a-z]{5,}\b/g;

interface Message {
  room: string;
  readers: Set<string>;
  waiting: Set<string>;
  /** Null: nobody knows yet. */
  committed: boolean | null;
}

export function createTally(): Tally {
  const messages = new Map<string, Message>();
  const told = new Map<string, AcceptedLetter[]>();
  const open = new Map<string, Message>();
  let letters = 0;
  let doubled = 0;

  const keyOf = (address: string, token: string) => `${address} ${token}`;
  const pairOf = (address: string, token: string): Pair => ({ address, token, letters: told.get(keyOf(address, token)) ?? [] });
  const closeIfTold = (token: string, { committed, waiting }: Message) => {
    if (committed === false || (committed === true && waiting.size === 0)) open.delete(token);
  };

  return {
    announce(token, room, readers) {
      const message: Message = { room, readers: new Set(readers), waiting: new Set(readers), committed: null };
      messages.set(token, message);
      open.set(token, message);
    },
    decide(token, committed) {
      const message = messages.get(token)!;
      message.committed = committed;
      closeIfTold(token, message);
    },
    accept(letter) {
      letters += 1;
      for (const [token] of letter.text.matchAll(TOKENS)) {
        const message = messages.get(token);
        if (message === undefined) continue;
        const address = letter.to.join();
        const before = told.get(keyOf(address, token)) ?? [];
        if (before.length > 0) doubled += 1;
        told.set(keyOf(address, token), [...before, letter]);
        message.waiting.delete(address);
        closeIfTold(token, message);
      }
    },
    outstanding: (room) => [...open.values()].filter((message) => message.room === room).length,
    complete: () => open.size === 0,
    doubledSoFar: () => doubled,
    letters: () => letters,
    judge(drained) {
      const committed = [...messages].filter(([, message]) => message.committed === true);
      const expected = committed.flatMap(([token, { readers }]) => [...readers].map((address) => pairOf(address, token)));
      const isExpected = new Set(expected.map(({ address, token }) => keyOf(address, token)));
      const all = [...told.keys()].map((key) => key.split(" ")).map(([address, token]) => pairOf(address!, token!));
      return {
        messages: committed.length,
        expected: expected.length,
        accepted: all.reduce((sum, pair) => sum + pair.letters.length, 0),
        lost: drained ? expected.filter((pair) => pair.letters.length === 0) : [],
        doubled: all.filter((pair) => pair.letters.length > 1),
        unexpected: all.filter(({ address, token }) => !isExpected.has(keyOf(address, token))),
      };
    },
  };
}
