import { expect, it } from "vitest";
import { createProgressReport } from "./progress-report.ts";

it("draws a bar on a terminal and plain lines elsewhere", () => {
  let written = "";
  const onTerminal = createProgressReport((text) => (written += text), true);
  onTerminal.show("Posting", 1, 2);
  onTerminal.show("Posting", 2, 2);
  expect(written).toBe(`\r\u001b[KPosting [${"#".repeat(15)}${" ".repeat(15)}] 1/2\r\u001b[KPosting [${"#".repeat(30)}] 2/2\n`);
  written = "";
  const inFile = createProgressReport((text) => (written += text), false);
  for (let done = 0; done <= 100; done += 1) inFile.show("Posting", done, 100);
  expect(written).toBe("Posting: 0 %\nPosting: 20 %\nPosting: 40 %\nPosting: 60 %\nPosting: 80 %\nPosting: 100 %\n");
});
