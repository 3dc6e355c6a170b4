import type { Finding } from "./finding.ts";

const SIGNS = { ok: "✓", warn: "!", fail: "✗", skip: "–" };

/** For people: a line each, what mends it below, the sum at the end. */
export function printFindings(findings: Finding[]): string {
  const lines = findings.flatMap(({ status, about, says, mend }) => [
    `${SIGNS[status]} ${about}: ${says}`,
    ...(mend === undefined || status === "ok" ? [] : [`    ${mend}`]),
  ]);
  const count = (wanted: Finding["status"]) => findings.filter(({ status }) => status === wanted).length;
  const [fail, warn, skip] = [count("fail"), count("warn"), count("skip")];
  const sum = fail === 0 ? "Nothing is broken" : `${fail} ${fail === 1 ? "thing does" : "things do"} not work`;
  return [...lines, "", `${sum}; ${warn} to look at, ${skip} not checked.`].join("\n");
}
