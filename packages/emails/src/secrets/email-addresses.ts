import type { Finding } from "./finding.ts";

/** RFC 6531 characters of an unquoted local part. */
const LOCAL = /[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~.-]/u;
const LONGEST_LOCAL = 64;
const DOMAIN =
  /(?:[\p{L}\p{M}\p{N}_-]{1,63}\.){1,8}(?:xn--[a-z0-9-]{1,59}|[\p{L}\p{M}]{2,63})|\[[0-9a-fipv:.]{3,60}\]/iuy;
/** `icon@2x.png` is a file. */
const SCALED_IMAGE = /^\d(?:\.\d)?x\./;

/** Spelled out against robots: `jane (at) example (dot) org`, `jane at example dot org`. */
const SPELLED_OUT =
  /[\p{L}\p{N}._+-]{1,64} {0,2}(?:[([{<] {0,1}(?:at|ät|@) {0,1}[)\]}>] {0,2}[\p{L}\p{N}_-]{1,63}(?: {0,2}(?:\.|[([{<] {0,1}(?:dot|punkt|\.) {0,1}[)\]}>]) {0,2}[\p{L}\p{N}_-]{1,63}){1,5}|(?<= )at [\p{L}\p{N}_-]{1,63}(?: dot [\p{L}\p{N}_-]{2,63}){1,4})/giu;
const MAY_BE_SPELLED_OUT = /[([{<] ?(?:at|ät|@) ?[)\]}>]| dot /i;

export function findEmailAddresses(text: string): Finding[] {
  const findings: Finding[] = [];
  let free = 0;
  for (let sign = text.indexOf("@"); sign >= 0; sign = text.indexOf("@", sign + 1)) {
    if (sign < free) continue;
    const start = localStart(text, sign, free);
    if (start === sign) continue;
    DOMAIN.lastIndex = sign + 1;
    const domain = DOMAIN.exec(text)?.[0];
    if (domain === undefined || SCALED_IMAGE.test(domain)) continue;
    const end = sign + 1 + domain.length;
    // `git@github.com:acme/app.git` leads to a repository, not to a person.
    if (text.slice(start, sign) === "git" && text[end] === ":") continue;
    findings.push({ start, end, kind: "email" });
    free = end;
  }
  if (MAY_BE_SPELLED_OUT.test(text)) {
    for (const { index, 0: address } of text.matchAll(SPELLED_OUT)) {
      findings.push({ start: index, end: index + address.length, kind: "email" });
    }
  }
  return findings;
}

/** Where the part before the @ begins; the @ itself if there is none. */
function localStart(text: string, sign: number, free: number): number {
  const earliest = Math.max(free, sign - LONGEST_LOCAL - 2);
  if (text[sign - 1] === '"') {
    const quote = text.lastIndexOf('"', sign - 2);
    return quote >= earliest ? quote : sign;
  }
  let start = sign;
  while (start > earliest && LOCAL.test(text[start - 1]!)) start -= 1;
  return start;
}
