import { readFile } from "node:fs/promises";
import { runCommand } from "./run-command.ts";

export interface ProcessIdentity {
  pid: number;
  /** Opaque: differs between two processes that had the same pid one after the other. */
  startedAt: string;
  command: string;
}

/** Tells what runs under a process id now, or undefined when nothing does. */
export async function identifyProcess(pid: number): Promise<ProcessIdentity | undefined> {
  if (!isAlive(pid)) return undefined;
  if (process.platform === "win32") return { pid, startedAt: "", command: "" };
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
  if (stat !== undefined) {
    // `pid (command) state ppid …`: the command may hold spaces and brackets; field 22 is the start in clock ticks.
    const end = stat.lastIndexOf(")");
    const fields = stat.slice(end + 2).split(" ");
    if (fields[0] === "Z") return undefined;
    return { pid, startedAt: fields[19] ?? "", command: stat.slice(stat.indexOf("(") + 1, end) };
  }
  const listed = await runCommand(["ps", "-o", "lstart=,comm=", "-p", String(pid)]);
  const line = listed.stdout.trim();
  return line === "" ? undefined : { pid, startedAt: line.slice(0, 24), command: line.slice(24).trim() };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
