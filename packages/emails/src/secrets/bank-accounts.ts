import type { Finding } from "./finding.ts";

const CANDIDATE = /(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?:[ .-]?[A-Z0-9]){11,30}/gi;

/** Length of an IBAN by country (SWIFT's registry). */
const LENGTHS: Record<string, number> = {
  AD: 24, AE: 23, AL: 28, AT: 20, AZ: 28, BA: 20, BE: 16, BG: 22, BH: 22, BI: 27, BR: 29, BY: 28, CH: 21, CR: 22, CY: 28,
  CZ: 24, DE: 22, DJ: 27, DK: 18, DO: 28, EE: 20, EG: 29, ES: 24, FI: 18, FK: 18, FO: 18, FR: 27, GB: 22, GE: 22, GI: 23,
  GL: 18, GR: 27, GT: 28, HN: 28, HR: 21, HU: 28, IE: 22, IL: 23, IQ: 23, IS: 26, IT: 27, JO: 30, KW: 30, KZ: 20, LB: 28,
  LC: 32, LI: 21, LT: 20, LU: 20, LV: 21, LY: 25, MC: 27, MD: 24, ME: 22, MK: 19, MN: 20, MR: 27, MT: 31, MU: 30, NI: 28,
  NL: 18, NO: 15, OM: 23, PK: 24, PL: 28, PS: 29, PT: 25, QA: 29, RO: 24, RS: 22, RU: 33, SA: 24, SC: 31, SD: 18, SE: 24,
  SI: 19, SK: 24, SM: 27, SO: 23, ST: 25, SV: 28, TL: 23, TN: 24, TR: 26, UA: 29, VA: 22, VG: 24, XK: 20, YE: 30,
};

/** IBANs: a country's length, and check digits that are right (ISO 7064, 97). */
export function findBankAccounts(text: string): Finding[] {
  const findings: Finding[] = [];
  for (const { index, 0: candidate } of text.matchAll(CANDIDATE)) {
    const length = LENGTHS[candidate.slice(0, 2).toUpperCase()];
    if (length === undefined) continue;
    // Words may follow, and the pattern cannot tell them from the last group.
    const end = endOfCharacters(candidate, length);
    if (end === null || !hasCheckDigits(candidate.slice(0, end))) continue;
    findings.push({ start: index, end: index + end, kind: "bankAccount" });
  }
  return findings;
}

function endOfCharacters(candidate: string, count: number): number | null {
  let seen = 0;
  for (let at = 0; at < candidate.length; at += 1) {
    if (/[A-Za-z0-9]/.test(candidate[at]!)) seen += 1;
    if (seen === count) return at + 1;
  }
  return null;
}

function hasCheckDigits(account: string): boolean {
  const characters = account.replace(/[ .-]/g, "");
  let rest = 0;
  for (const character of characters.slice(4) + characters.slice(0, 4)) {
    const value = parseInt(character, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest === 1;
}
