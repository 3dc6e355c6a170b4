import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { recoveryDrill } from "./recovery/drill.ts";
import { printDrill } from "./recovery/print-drill.ts";

test("a lost server is brought back to a moment, tells nothing twice and goes on", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "chat-notifications-drill-"));
  await chmod(folder, 0o755);
  try {
    const result = await recoveryDrill(folder, 4, () => 0.5);
    const { text, passed } = printDrill(result);
    console.log(text);
    expect(result).toMatchObject({ written: 8, restored: 4, expected: 4, toldTwice: [] });
    // The message of that moment had been told before the loss, and the restored database does not know.
    expect(result.skipped.untold_messages! + result.skipped.skipped!).toBeGreaterThan(0);
    expect(passed, text).toBe(true);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
