import type { Letter } from "./expected-letters.ts";

/** What was told and not expected, and the other way round, in lines that a person can read. */
export function differences(told: Letter[], expected: Letter[]): string[] {
  const actual = told.map(line);
  const wanted = expected.map(line);
  return [
    ...actual.filter((each) => !wanted.includes(each)).map((each) => `got ${each}`),
    ...wanted.filter((each) => !actual.includes(each)).map((each) => `should have got ${each}`),
    ...(actual.length > wanted.length && new Set(actual).size < actual.length ? ["got a letter twice"] : []),
  ];
}

function line({ at, digest, parts }: Letter): string {
  const news = parts.map(({ event, count, shown }) => `event ${event}: ${count} [${shown}]`);
  return `${digest ? "the digest" : "the letter"} of ${new Date(at).toISOString()}: ${news.join("; ")}`;
}
