import { setTimeout as wait } from "node:timers/promises";
import { type LetterCollector, createLetterCollector } from "../../apps/local/src/replay/collect-letters.ts";
import type { StackAddress } from "../../apps/local/src/replay/find-stack.ts";

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

/** The letters about one event that the stack's simulator has accepted. */
export function openInbox(address: StackAddress, eventId: string): LetterCollector & { retrieve(id: string): Promise<RetrievedLetter> } {
  const { resendBaseUrl, resendApiKey } = address;
  const collector = createLetterCollector({ ...address, eventId, fetch, wait: (ms) => wait(ms) });
  return Object.assign(collector, {
    async retrieve(id: string) {
      const headers = { authorization: `Bearer ${resendApiKey}`, "user-agent": "scenario" };
      const response = await fetch(`${resendBaseUrl}/emails/${id}`, { headers });
      if (!response.ok) throw new Error(`GET /emails/${id}: ${response.status} ${await response.text()}`);
      return (await response.json()) as RetrievedLetter;
    },
  });
}
