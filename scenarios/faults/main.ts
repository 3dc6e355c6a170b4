/**
 * `npm run fault-drill`: fills the disk under a server in use and gives it room again. It needs a small disk of its
 * own: a tmpfs, which root may mount; elsewhere a user namespace of its own is tried.
 */
import { spawnSync } from "node:child_process";
import { chmod, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fillDisk } from "./full-disk.ts";

const folder = await mkdtemp(path.join(tmpdir(), "chat-notifications-faults-"));
const disk = path.join(folder, "disk");
await chmod(folder, 0o755);
await mkdir(disk);
const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=400m,mode=755", "tmpfs", disk]).status === 0;
if (!mounted) {
  await rm(folder, { recursive: true });
  const inside = process.env.FAULT_DRILL_INSIDE === "1";
  const again = inside ? null : spawnSync("unshare", ["--user", "--map-root-user", "--mount", process.execPath, ...process.execArgv, ...process.argv.slice(1)], {
    stdio: "inherit", env: { ...process.env, FAULT_DRILL_INSIDE: "1" },
  });
  if (again === null || again.error !== undefined) console.error("Nobody but root may mount a small disk here: run this as root.");
  process.exit(again?.status ?? 2);
}
let exitCode = 2;
try {
  const result = await fillDisk(disk);
  const passed = result.lost === 0 && result.doubled === 0 && result.reasons.length > 0 && result.alerts.length > 0 && result.refusals.length > 0;
  console.log(`${passed ? "holds " : "MISSED"}  ${result.messages} messages, ${result.lost} letters lost, ${result.doubled} doubled; everything told ${result.recoveredSeconds.toFixed(1)} s after there was room`);
  console.log(`        writers were refused with ${result.refusals.join(", ") || "nothing"}; the processor failed with ${result.failures.join(", ") || "nothing"}; Postgres was started again ${result.restarts} times`);
  console.log(`        health: ${result.reasons.join(", ") || "well"}; alerts: ${result.alerts.join(", ")}`);
  exitCode = passed ? 0 : 1;
} catch (error) {
  console.error(error);
} finally {
  spawnSync("umount", ["--lazy", disk]);
  await rm(folder, { recursive: true, force: true });
}
process.exit(exitCode);
