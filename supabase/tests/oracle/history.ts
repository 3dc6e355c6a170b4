import { createRegister, type Register, type Span } from "./moments.ts";

/** What happened in a run: the facts from which the judge decides, and nothing that the database concluded from them. */
export interface History {
  people: Person[];
  events: Event[];
  messages: Message[];
  steps: Step[];
  /** To the provider. */
  requests: Attempt[];
  /** By e-mail id: what processors were given to send. */
  letters: Map<string, ComposedLetter>;
}

/** `since`: ms. */
export interface Presence {
  since: number;
  organizer: boolean;
}

export interface Wishes {
  delivery: "immediate" | "hourly" | "daily" | "weekly" | "off";
  /** Of events without a level of their own. */
  level: "all" | "mentions" | null;
  /** HH:MM */
  digestAt: string;
}

/** null: as elsewhere. */
export type Level = "all" | "mentions" | "none" | null;

export interface ReadMark {
  upTo: number;
  span: Span;
  /** ms */
  at: number;
}

export interface Person {
  number: number;
  id: string;
  handle: string;
  wishes: Register<Wishes>;
  timeZone: Register<string>;
  /** By organization. */
  memberOf: Register<Presence | null>[];
  /** By event. */
  participantIn: Register<Presence | null>[];
  levels: Register<Level>[];
  /** By event: until when, in ms. */
  mutes: Register<number | null>[];
  /** By person. */
  blocks: Register<boolean>[];
  suppressed: Register<boolean>;
  confirmed: Register<boolean>;
  consented: Register<boolean>;
  marks: ReadMark[][];
  /** When letters to this person were definitely refused by the provider, and so go later. */
  refusals: { composed: Span; at: number }[];
}

export interface Event {
  number: number;
  id: string;
  organization: number;
  windowMs: number;
  /** Its organization mails only people who agreed. */
  consentRequired: boolean;
}

export interface Message {
  number: number;
  id: number;
  event: number;
  /** null: written by no account. */
  author: number | null;
  /** Whom it mentions by handle. */
  mentions: number | null;
  /** Says @everyone. */
  everyone: boolean;
  writtenAt: number;
  written: Span;
  /** null: rolled back, or not yet committed. */
  committed: Span | null;
  /** Nothing else was open in its event when it was written, so its window is the event's and no later one's. */
  undisturbed: boolean;
  deleted: Register<boolean>;
  version: Register<number>;
}

/** One operation of processors. */
export interface Step {
  span: Span;
  at: number;
  settles: boolean;
  claims: boolean;
  /** It went on until nothing was due, and nothing else happened meanwhile. */
  complete: boolean;
  /** One processor alone, so that nobody gets two letters of it. */
  single: boolean;
}

export interface Attempt {
  at: number;
  /** refused: definitely not accepted, because of the provider's state; rejected: because of a letter. */
  outcome: "accepted" | "ambiguous" | "refused" | "rejected";
  /** Letters in the request. */
  size: number;
}

export interface ComposedLetter {
  reader: number;
  composed: Span;
  at: number;
  parts: { event: string; count: number; shown: string[] }[];
  attempts: Attempt[];
  /** When processors took it and went silent before sending, in ms: for the lease it is nobody else's. */
  held: number[];
}

export function createPerson(number: number, id: string, handle: string, organizations: number, events: number, people: number): Person {
  const each = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make);
  return {
    number,
    id,
    handle,
    wishes: createRegister<Wishes>({ delivery: "immediate", level: null, digestAt: "08:00" }),
    timeZone: createRegister("UTC"),
    memberOf: each(organizations, () => createRegister<Presence | null>(null)),
    participantIn: each(events, () => createRegister<Presence | null>(null)),
    levels: each(events, () => createRegister<Level>(null)),
    mutes: each(events, () => createRegister<number | null>(null)),
    blocks: each(people, () => createRegister(false)),
    suppressed: createRegister(false),
    confirmed: createRegister(true),
    consented: createRegister(false),
    marks: each(events, () => []),
    refusals: [],
  };
}
