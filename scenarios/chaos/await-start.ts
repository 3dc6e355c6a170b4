import { writeSync } from "node:fs";
import { REPORT_FD } from "./report-steps.ts";

/**
 * A victim loads its modules, says so, and waits until it is its turn: a line on stdin. When stdin ends, whoever
 * started it is gone or done, and it ends as well.
 */
export async function awaitStart(): Promise<void> {
  writeSync(REPORT_FD, "loaded\n");
  process.stdin.on("end", () => process.exit());
  process.stdin.on("error", () => process.exit());
  await new Promise<void>((resolve) => process.stdin.once("data", () => resolve()));
  process.stdin.resume();
}
