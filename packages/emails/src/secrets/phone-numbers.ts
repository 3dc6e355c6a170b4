// The smallest metadata (80 kB of source): lengths and leading digits by country are all that is asked.
// The larger sets (95 and 145 kB) tell mobile from fixed lines, which does not matter to what is hidden.
import { parsePhoneNumberFromString } from "libphonenumber-js/min";
import { digitGroups } from "./digit-groups.ts";
import type { Finding } from "./finding.ts";

const CANDIDATE = /(?<![\p{L}\d_#$%@\\€£§&-]|\d[.,:/])\+?[ ]?\(?\+?\d(?:[ ().\/-]{0,3}\d){5,18}(?![\p{L}\d_%€£$@]|[.,:\/-]\d)/gu;
const LATE_END = /[ ().\/-]+\d+$/;

/** What comes right before a number that is meant to be called. */
const ANNOUNCED =
  /(?:phone|tel|mobile|mobil|cell|handy|fax|call|text|sms|whatsapp|signal|ring|dial|reach|telefon|rufnummer|ruf|anruf|هاتف|هاتفي|جوال|جوالي|موبايل|تلفون|واتساب|واتس|اتصل|رقمي)[^\d\n]{0,18}$/iu;

const NORTH_AMERICAN = /^(?:\+?1[ .-]?)?(?:\([2-9]\d\d\) ?|[2-9]\d\d[ .-])\d{3}[ .-]\d{4}$/;
/** With the trunk prefix, as numbers are written inside most countries. */
const TRUNK = /^\(?0[1-9]/;
const DATE_OR_DECIMAL = /^(?:\d{1,2}[./-]\d{1,2}[./-](?:19|20)?\d\d|(?:19|20)\d\d[./-]\d{1,2}[./-]\d{1,2})(?!\d)/;
/** Checks by the library cost 10 µs each; what exceeds this many in one message is hidden unchecked. */
const MOST_CHECKED = 60;

/** Phone numbers: international ones by the library, national ones by how they are written or announced. */
export function findPhoneNumbers(text: string): Finding[] {
  const findings: Finding[] = [];
  let checked = 0;
  for (const { index, 0: candidate } of text.matchAll(CANDIDATE)) {
    const start = index + candidate.length - candidate.trimStart().length;
    const number = candidate.trim();
    if (/^(?:\(?\+|00)/.test(number)) {
      checked += 1;
      const length = checked > MOST_CHECKED ? number.length : internationalLength(number);
      if (length > 0) findings.push({ start, end: start + length, kind: "phone" });
    } else if (isNational(number) || (!DATE_OR_DECIMAL.test(number) && ANNOUNCED.test(text.slice(Math.max(0, start - 40), start)))) {
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
  if (!TRUNK.test(number) || DATE_OR_DECIMAL.test(number)) return false;
  const groups = digitGroups(number, 0);
  const digits = groups.reduce((sum, group) => sum + group.digits.length, 0);
  return digits >= 9 && digits <= 13;
}
