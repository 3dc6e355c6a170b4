import { expect, test } from "vitest";
import { createLog } from "./create-log.ts";

function capture(level: "info" | "warn") {
  const lines: Record<string, unknown>[] = [];
  return { lines, log: createLog(level, { write: (line: string) => void lines.push(JSON.parse(line)) }) };
}

test("one line an event: level, time, event, its fields and nothing else", () => {
  const { lines, log } = capture("info");
  log("warn", "dispatch_not_accepted", { dispatch_id: "d", attempt: 2, outcome: "ambiguous", request_ms: 12 });
  expect(lines).toEqual([
    { level: "warn", time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/), event: "dispatch_not_accepted", dispatch_id: "d", attempt: 2, outcome: "ambiguous", request_ms: 12 },
  ]);
});

test("lines below the level are left out", () => {
  const { lines, log } = capture("warn");
  log("info", "dispatch_sent");
  log("error", "pass_failed");
  expect(lines.map(({ event }) => event)).toEqual(["pass_failed"]);
});

test("what must not be in a log is removed, whoever passes it", () => {
  const { lines, log } = capture("info");
  log("info", "mistake", { address: "a@example.com", secret: "whsec_1", subject: "Hello", letters: 1 });
  expect(lines[0]).toMatchObject({ address: "[removed]", secret: "[removed]", subject: "[removed]", letters: 1 });
});
