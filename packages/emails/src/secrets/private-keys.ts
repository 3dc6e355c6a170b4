import type { Finding } from "./finding.ts";

const BEGIN = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|PuTTY-User-Key-File-\d/g;
const END = /-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|Private-(?:MAC|Hash): *[0-9a-fA-F]+/g;

/** Whole blocks of private keys; one without its end goes on to the end of the text. */
export function findPrivateKeys(text: string): Finding[] {
  const findings: Finding[] = [];
  let free = 0;
  for (const { index } of text.matchAll(BEGIN)) {
    if (index < free) continue;
    END.lastIndex = index;
    const last = END.exec(text);
    free = last === null ? text.length : last.index + last[0].length;
    findings.push({ start: index, end: free, kind: "key" });
  }
  return findings;
}
