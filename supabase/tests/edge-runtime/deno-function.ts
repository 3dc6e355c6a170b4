import { type ChildProcess, spawn } from "node:child_process";
import { createRequire } from "node:module";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { forwardRequest } from "../../../apps/local/src/forward-request.ts";

const ROOT = path.join(import.meta.dirname, "../../..");
const DENO = path.join(path.dirname(createRequire(import.meta.url).resolve("deno/package.json")), "../.bin/deno");

export interface DenoFunction {
  /** Answers requests as the platform hands them on: the path begins with the function's name. */
  fetch(request: Request): Promise<Response>;
  /** So far: processor time in ms, the most memory it held in MB. Linux only. */
  usage(): Promise<{ cpuMs: number; peakMb: number }>;
  /** What it printed. */
  output(): string;
  stop(): Promise<void>;
}

/**
 * Runs one edge function in a Deno process of its own, as the platform does: its own entry point and import map, no
 * environment but the given one, no rights but network, environment and reading. Nothing is downloaded: `npm:` imports
 * come from node_modules, and a version other than the one there is an error.
 * @param folder that holds functions
 */
export async function startDenoFunction(
  name: string,
  env: Record<string, string>,
  folder = path.join(ROOT, "supabase/functions"),
): Promise<DenoFunction> {
  const config = path.join(import.meta.dirname, "deno.json");
  const child = spawn(
    DENO,
    ["serve", "--host", "127.0.0.1", "--port", "0", "--no-prompt", "--allow-net", "--allow-env", "--allow-read", "--cached-only",
      "--config", config, "--import-map", path.join(folder, name, "deno.json"), path.join(folder, name, "index.ts")],
    { cwd: ROOT, env: { PATH: process.env.PATH ?? "", HOME: process.env.HOME ?? "/tmp", DENO_NO_UPDATE_CHECK: "1", NO_COLOR: "1", ...env }, stdio: ["ignore", "pipe", "pipe"] },
  );
  const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
  let output = "";
  const address = await new Promise<string>((resolve, reject) => {
    child.once("error", reject);
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        output += text;
        const [, found] = /Listening on (http:\/\/\S+?)\/?\s/.exec(output) ?? [];
        if (found !== undefined) resolve(found);
      });
    }
    void closed.then(() => reject(new Error(`${name} did not start:\n${output}`)));
  });
  return {
    fetch(request) {
      const { pathname, search } = new URL(request.url);
      return forwardRequest(request, `${address}${pathname}${search}`);
    },
    usage: () => readUsage(child),
    output: () => output,
    async stop() {
      // As the platform does. On a polite signal Deno waits until the idle database connection closes.
      child.kill("SIGKILL");
      await closed;
    },
  };
}

async function readUsage({ pid }: ChildProcess): Promise<{ cpuMs: number; peakMb: number }> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8");
  const [user, system] = stat.slice(stat.lastIndexOf(")")).split(" ").slice(12, 14).map(Number);
  const [, peakKb] = /VmHWM:\s+(\d+)/.exec(await readFile(`/proc/${pid}/status`, "utf8"))!;
  // A tick of the clock is 10 ms on every Linux.
  return { cpuMs: (user! + system!) * 10, peakMb: Number(peakKb) / 1024 };
}
