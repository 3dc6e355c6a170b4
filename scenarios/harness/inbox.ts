import { setTimeout as wait } from "node:timers/promises";
import { type LetterCollector, createLetterCollector } from "../../apps/local/src/replay/collect-letters.ts";
import type { StackAddress } from "../../apps/local/src/replay/find-stack.ts";
import { readSimulator } from "../../apps/local/src/replay/read-simulator.ts";
import { preformattedText } from "./letter.ts";

/** What GET /emails/:id says of a letter. */
export interface RetrievedLetter {
  id: string;
  to: string[];
  from: string;
  subject: string;
  html: string;
  text: string;
  created_at: string;
}

/** A letter as it was sent. */
export interface SentLetter {
  to: string[];
  from: string;
  subject: string;
  html: string;
  text: string;
  headers: Record<string, string>;
}

export interface Inbox extends LetterCollector {
  retrieve(id: string): Promise<RetrievedLetter>;
  /** The request's own JSON, which the mailbox shows and the API does not give back. */
  sent(id: string): Promise<SentLetter>;
}

/** The letters about one event that the stack's simulator has accepted. */
export function openInbox(address: StackAddress, eventId: string): Inbox {
  const deps = { ...address, fetch, wait: (ms: number) => wait(ms) };
  const retrieve = async (id: string) => (await readSimulator(`/emails/${id}`, deps)) as RetrievedLetter;
  const sent = async (id: string) => {
    const page = await fetch(`${address.resendBaseUrl}/mailbox/${id}?view=json`);
    return JSON.parse(preformattedText(await page.text())) as SentLetter;
  };
  return Object.assign(createLetterCollector(eventId, deps), { retrieve, sent });
}
