import { parseAddress } from "../address.ts";
import { addressesIn, type WireEmail } from "../wire-email.ts";

export interface Person {
  /** Display name, or the address when there is none. */
  readonly label: string;
  readonly address: string;
  readonly initial: string;
  /** 0–7, always the same for the same address. */
  readonly colour: number;
}

/** How a person is shown: `Name <a@b.c>` taken apart. */
export function personIn(text: string): Person {
  const parsed = parseAddress(text) ?? { name: "", address: text };
  const label = parsed.name || parsed.address;
  let hash = 0;
  for (const character of parsed.address.toLowerCase()) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 9973;
  const [initial = "?"] = /[\p{L}\p{N}]/u.exec(label) ?? [];
  return { label, address: parsed.address, initial: initial.toUpperCase(), colour: hash % 8 };
}

/** The first recipient, and how many more there are in to, cc and bcc. */
export function recipientsOf(wire: WireEmail): { first: Person; more: number } {
  const [first = "", ...rest] = addressesIn(wire.to);
  return { first: personIn(first), more: rest.length + addressesIn(wire.cc).length + addressesIn(wire.bcc).length };
}

/** The beginning of the text for the list, on one line; '' for a letter that is HTML only. */
export function previewOf(wire: WireEmail): string {
  return (wire.text ?? "").slice(0, 400).replaceAll(/\s+/g, " ").trim().slice(0, 160);
}
