import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** A rehearsal of recovery: what it measured, and whether everything held. */
export type Drill = () => Promise<{ passed: boolean; lines: string[] }>;

const ROOT = fileURLToPath(new URL("../../../..", import.meta.url));

/** `npm run recovery-drill` in a process of its own, on a scratch server of its own: a minute, and the database at hand is not touched. */
export const runDrill: Drill = () =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ["scripts/run.mjs", "scenarios/recovery/main.ts"], { cwd: ROOT, stdio: ["ignore", "pipe", "pipe"] });
    let printed = "";
    for (const channel of [child.stdout, child.stderr]) channel.setEncoding("utf8").on("data", (text: string) => (printed += text));
    child.once("error", reject);
    child.once("close", (code) => resolve({ passed: code === 0, lines: printed.trim().split("\n") }));
  });
