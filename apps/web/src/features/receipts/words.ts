import type { Words } from "../../locales/words.tsx";
import type { Facts } from "./receipt.ts";
import { ar } from "./words.ar.ts";
import { de } from "./words.de.ts";
import { en } from "./words.en.ts";

/** Writes times as the reader's clock shows them. */
export type Clock = (time: Date | null | undefined) => string;

export interface ReceiptWords {
  title: string;
  lead: string;
  leadOfOther: string;
  none: string;
  noneText: string;
  toMessage: string;
  toSettings: string;
  /** By code; a code that is not here is told in the database's own English. */
  steps: Partial<Record<string, (facts: Facts, clock: Clock) => string>>;
  reasons: Partial<Record<string, string>>;
  causes: Partial<Record<string, string>>;
  from(name: string): string;
}

export const receiptWords: Words<ReceiptWords> = { en: () => en, de: () => de, ar: () => ar };
