import { findBankAccounts } from "./secrets/bank-accounts.ts";
import { findCardNumbers } from "./secrets/card-numbers.ts";
import { findEmailAddresses } from "./secrets/email-addresses.ts";
import type { FindKind, Finding, SecretKind } from "./secrets/finding.ts";
import { findKnownKeys } from "./secrets/known-keys.ts";
import { findNamedSecrets } from "./secrets/named-secrets.ts";
import { findOneTimeCodes } from "./secrets/one-time-codes.ts";
import { findPhoneNumbers } from "./secrets/phone-numbers.ts";
import { findPrivateKeys } from "./secrets/private-keys.ts";
import { searchableText } from "./secrets/searchable-text.ts";
import { findLinks } from "./secrets/secret-links.ts";

/** Every kind needs a digit, an @, an address or one of these words; most messages have none. */
const MAY_HOLD_SECRET = /[\d@]|:\/\/|PRIVATE KEY|pass(?:word|wort|phrase|wd)|pwd|kennwort|كلمة| dot |[[({<] ?[aä]t ?[\])}>]/iu;

/** In this order: what an earlier one found, a later one no longer sees. */
const AFTER_LINKS: FindKind[] = [
  findKnownKeys,
  findNamedSecrets,
  findEmailAddresses,
  findBankAccounts,
  findCardNumbers,
  findOneTimeCodes,
  findPhoneNumbers,
];

/**
 * The secrets of a text, in order and apart from one another. The text should be clean (`cleanText`):
 * what is removed later could join what was apart. Time is linear in the text's length.
 */
export function findSecrets(original: string): Finding[] {
  const { text, at } = searchableText(original);
  if (!MAY_HOLD_SECRET.test(text)) return [];
  const findings = findPrivateKeys(text);
  let rest = blank(text, findings);
  const links = findLinks(rest);
  findings.push(...links.secret);
  rest = blank(rest, [...links.secret, ...links.harmless]);
  for (const find of AFTER_LINKS) {
    const found = find(rest);
    findings.push(...found);
    rest = blank(rest, found);
  }
  return findings
    .sort((a, b) => a.start - b.start)
    .filter(({ start }, place, all) => place === 0 || start >= all[place - 1]!.end)
    .map(({ start, end, kind }) => ({ start: at(start), end: at(end - 1) + 1, kind }));
}

/** The text with its findings replaced by what is found by nobody; everything keeps its place. */
function blank(text: string, findings: Finding[]): string {
  let blanked = text;
  for (const { start, end } of findings) {
    blanked = `${blanked.slice(0, start)}${"\ufffc".repeat(end - start)}${blanked.slice(end)}`;
  }
  return blanked;
}

/** The text with words in the place of its secrets, e.g. `write to [e-mail hidden]`. */
export function hideSecrets(text: string, secrets: Finding[], words: Record<SecretKind, string>): string {
  let hidden = "";
  let end = 0;
  for (const secret of secrets) {
    hidden += text.slice(end, secret.start) + words[secret.kind];
    end = secret.end;
  }
  return hidden + text.slice(end);
}
