import { readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { identifyProcess } from "./process-identity.ts";
import { StartFailure } from "./start-failure.ts";

/**
 * The data directory belongs to one process of ours at a time. `<dataDir>.owner` names it; a postmaster whose
 * owner is gone (kill -9) is an orphan that is about to stop by itself, and is stopped here if it does not.
 */
export async function takeOwnership(dataDir: string): Promise<void> {
  const owner = await readOwner(dataDir);
  const running = owner ? await identifyProcess(owner.pid) : undefined;
  if (owner && running?.startedAt === owner.startedAt) throw inUse(dataDir, owner.pid);
  await stopOrphan(dataDir, owner !== undefined);
  await rm(ownerFile(dataDir), { force: true });
  const self = await identifyProcess(process.pid);
  const claim = JSON.stringify({ pid: process.pid, startedAt: self?.startedAt ?? "" });
  await writeFile(ownerFile(dataDir), claim, { flag: "wx" }).catch((error: NodeJS.ErrnoException) => {
    throw error.code === "EEXIST" ? inUse(dataDir) : error;
  });
}

export async function giveUpOwnership(dataDir: string): Promise<void> {
  await rm(ownerFile(dataDir), { force: true });
}

async function stopOrphan(dataDir: string, isOurs: boolean): Promise<void> {
  const lockFile = path.join(dataDir, "postmaster.pid");
  const pid = Number((await readFile(lockFile, "utf8").catch(() => "")).split("\n", 1)[0]);
  if (!Number.isInteger(pid) || pid <= 0) return;
  // 0 s: it may be stopping already; 3 s: fast shutdown; 8 s: immediate, with recovery at the next start.
  for (let round = 0; round < 120; round += 1) {
    const running = await identifyProcess(pid);
    if (!running || pid === process.pid || !/postgres/.test(running.command || "postgres")) {
      // After kill -9 the number may belong to somebody else by now; Postgres would refuse to start for ever.
      await rm(lockFile, { force: true });
      return;
    }
    if (!isOurs) throw inUse(dataDir, pid);
    if (round === 30) signal(pid, "SIGINT");
    if (round === 80) signal(pid, "SIGQUIT");
    await wait(100);
  }
  throw inUse(dataDir, pid);
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It ended in this moment, or belongs to somebody else: the caller's loop finds out.
  }
}

function inUse(dataDir: string, pid?: number): StartFailure {
  return new StartFailure(
    "data_directory_in_use",
    `Another running instance${pid === undefined ? "" : ` (process ${pid})`} uses the data directory ${dataDir}: ` +
      "stop it, or set DATA_DIR to another folder.",
  );
}

function ownerFile(dataDir: string): string {
  return `${dataDir}.owner`;
}

async function readOwner(dataDir: string): Promise<{ pid: number; startedAt: string } | undefined> {
  try {
    return JSON.parse(await readFile(ownerFile(dataDir), "utf8")) as { pid: number; startedAt: string };
  } catch {
    return undefined;
  }
}
