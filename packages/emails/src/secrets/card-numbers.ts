import { digitGroups, type DigitGroup } from "./digit-groups.ts";
import type { Finding } from "./finding.ts";

const RUN = /\d(?:[ ._/-]{0,2}\d){11,}/g;
const SHORTEST = 12;
const LONGEST = 19;

/** Issuers' prefixes with the lengths they are used with. */
const ISSUERS: [prefix: RegExp, lengths: number[]][] = [
  [/^4/, [13, 16, 18, 19]], // Visa
  [/^5[1-5]/, [16]], // Mastercard
  [/^2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)/, [16]], // Mastercard
  [/^220[0-4]/, [16, 17, 18, 19]], // Mir
  [/^3[47]/, [15]], // American Express
  [/^3(?:0[0-5]|095|[689])/, [14, 16, 19]], // Diners Club
  [/^35/, [16, 17, 18, 19]], // JCB
  [/^(?:50|5[6-8])/, [12, 13, 14, 15, 16, 17, 18, 19]], // Maestro, Dankort, Elo, Verve
  [/^6/, [16, 17, 18, 19]], // Discover, UnionPay, Maestro, RuPay, Hipercard
  [/^8[12]/, [16, 17, 18, 19]], // UnionPay, RuPay
  [/^9792/, [16]], // Troy
];

/** Payment cards: an issuer's prefix and length, and a check digit that is right (Luhn). */
export function findCardNumbers(text: string): Finding[] {
  const findings: Finding[] = [];
  for (const { index, 0: run } of text.matchAll(RUN)) {
    if (isLetter(text[index - 1]) || isLetter(text[index + run.length])) continue;
    const groups = digitGroups(run, index);
    for (let first = 0; first < groups.length; first += 1) {
      const last = cardEnd(groups, first);
      if (last === null) continue;
      findings.push({ start: groups[first]!.start, end: groups[last]!.end, kind: "card" });
      first = last;
    }
  }
  return findings;
}

/** The last group of a card number that begins with group `first`, or null. */
function cardEnd(groups: DigitGroup[], first: number): number | null {
  let digits = "";
  let found: number | null = null;
  for (let last = first; last < groups.length; last += 1) {
    digits += groups[last]!.digits;
    if (digits.length > LONGEST) break;
    if (digits.length >= SHORTEST && isCardNumber(digits)) found = last;
  }
  return found;
}

function isCardNumber(digits: string): boolean {
  return ISSUERS.some(([prefix, lengths]) => lengths.includes(digits.length) && prefix.test(digits)) && hasCheckDigit(digits);
}

/** Luhn's sum: every second digit from the right counts double. */
function hasCheckDigit(digits: string): boolean {
  let sum = 0;
  for (let at = digits.length - 1, double = false; at >= 0; at -= 1, double = !double) {
    const digit = Number(digits[at]);
    sum += double ? (digit > 4 ? digit * 2 - 9 : digit * 2) : digit;
  }
  return sum % 10 === 0;
}

function isLetter(character: string | undefined): boolean {
  return character !== undefined && /\p{L}/u.test(character);
}
