import type { Letter } from "./expected-letters.ts";

/** Letters as lines, for reports that a person can read. */
export function legible(letters: Letter[]): string[] {
  return letters.map(({ at, digest, parts }) => {
    const news = parts.map(({ event, count, shown }) => `event ${event}: ${count} [${shown}]`);
    return `${new Date(at).toISOString()}${digest ? " digest" : ""} ${news.join("; ")}`;
  });
}
