import { readdir, readFile } from "node:fs/promises";
import type { Sql } from "postgres";

/** Processor seconds and most memory in MB that a process has used, by the kernel's books; null where there are none. */
export async function useOf(pid: number): Promise<{ seconds: number; mb: number } | null> {
  try {
    const [stat, status] = await Promise.all([readFile(`/proc/${pid}/stat`, "utf8"), readFile(`/proc/${pid}/status`, "utf8")]);
    return { seconds: processorSeconds(stat, [11, 12]), mb: Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024 };
  } catch {
    return null;
  }
}

/** Processor seconds of a database server, its ended processes included; null where the kernel does not say. */
export async function secondsOfServer(sql: Sql): Promise<number | null> {
  const [{ backend }] = await sql<[{ backend: number }]>`select pg_backend_pid() as backend`;
  try {
    const server = fields(await readFile(`/proc/${backend}/stat`, "utf8"))[1]!;
    let seconds = processorSeconds(await readFile(`/proc/${server}/stat`, "utf8"), [11, 12, 13, 14]);
    for (const entry of await readdir("/proc")) {
      if (!/^\d+$/.test(entry)) continue;
      const stat = await readFile(`/proc/${entry}/stat`, "utf8").catch(() => "");
      if (stat !== "" && fields(stat)[1] === server) seconds += processorSeconds(stat, [11, 12]);
    }
    return seconds;
  } catch {
    return null;
  }
}

/** What follows the name, which may hold anything: state, parent, … */
const fields = (stat: string) => stat.slice(stat.lastIndexOf(")") + 2).split(" ");

/** In hundredths of a second, as on every Linux that Node runs on. */
const processorSeconds = (stat: string, at: number[]) => at.reduce((sum, index) => sum + Number(fields(stat)[index]), 0) / 100;
