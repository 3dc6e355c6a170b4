// The smallest metadata (80 kB of source): lengths and leading digits by country are all that is asked.
// The larger sets (95 and 145 kB) tell mobile from fixed lines, which does not matter to what is hidden.
import { parsePhoneNumberFromString } from "libphonenumber-js/min";
import { digitGroups } from "./digit-groups.ts";
import type { Finding } from "./finding.ts";

const CANDIDATE = /(?<![\p{L}\d_#$%@\\€£§&-]|\d[.,:/])\+?[ ]?\(?\+?\d(?:[ ().\/-]{0,3}\d){5,18}(?![\p{L}\d_%€£$@]|[.,:\/-]\d)/gu;
const LATE_END = /[ ().\/-]+\d+$/;

/** What comes right before a number that is meant to be called. */
const ANNOUNCED =
  /(?:phone|telefon|handy|rufnummer|whatsapp|(?<!\p{L})(?:tel|mobile|mobil|cell|fax|call|text|sms|signal|ring|dial|reach|ruf)(?!\p{L})|هاتف|جوال|موبايل|تلفون|واتس|اتصل|رقمي)[^\d\n]{0,18}$/iu;

const NORTH_AMERICAN = /^(?:\+?1[ .-]?)?(?:\([2-9]\d\d\) ?|[2-9]\d\d[ .-])\d{3}[ .-]\d{4}$/;
/** With the trunk prefix, as numbers are written inside most countries. */
const TRUNK = /^\(?0[1-9]/;
const DATE = /^(?:[0-3]?\d[./-][0-3]?\d[./-](?:19|20)?\d\d|(?:19|20)\d\d[./-][01]?\d[./-][0-3]?\d)(?![./-]?\d)/;
/** Checks by the library cost 10 µs each; what exceeds this many in one message is hidden unchecked. */
const MOST_CHECKED = 60;

/** Phone numbers: international ones by the library, national ones by how they are written or announced. */
export function findPhoneNumbers(text: string): Finding[] {
  const findings: Finding[] = [];
  let checked = 0;
  for (const { index, 0: candidate } of text.matchAll(CANDIDATE)) {
    const number = count(candidate, ")") >= count(candidate, "(") ? candidate.trimStart() : candidate.replace(/^[ (]+/, "");
    const start = index + candidate.length - number.length;
    if (/^(?:\(?\+|00)/.test(number)) {
      checked += 1;
      const length = checked > MOST_CHECKED ? number.length : internationalLength(number);
      if (length > 0) findings.push({ start, end: start + length, kind: "phone" });
    } else if (isNational(number) || (!DATE.test(number) && ANNOUNCED.test(text.slice(Math.max(0, start - 40), start)))) {
      findings.push({ start, end: start + number.length, kind: "phone" });
    }
  }
  return findings;
}

/** How much of a candidate is an international number; other figures may follow it. 0: none of it. */
function internationalLength(candidate: string): number {
  const explicit = candidate.replace(/^00/, "+");
  let number = explicit;
  for (let tries = 0; tries < 6 && number.length >= 8; tries += 1) {
    if (parsePhoneNumberFromString(number)?.isPossible() === true) return number.length + candidate.length - explicit.length;
    const shorter = number.replace(LATE_END, "");
    if (shorter === number) break;
    number = shorter;
  }
  return 0;
}

function isNational(number: string): boolean {
  if (NORTH_AMERICAN.test(number)) return true;
  if (!TRUNK.test(number) || DATE.test(number)) return false;
  const groups = digitGroups(number, 0);
  const digits = groups.reduce((sum, group) => sum + group.digits.length, 0);
  return digits >= 9 && digits <= 13;
}

function count(text: string, character: string): number {
  return text.split(character).length - 1;
}
