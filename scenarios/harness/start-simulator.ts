import { spawn } from "node:child_process";
import path from "node:path";
import { until } from "./until.ts";

const ROOT = path.join(import.meta.dirname, "../..");

/** The simulator in a process of its own, so that it outlives a stack. */
export async function startSimulator(): Promise<{ baseUrl: string; stop(): Promise<void> }> {
  const main = path.join(ROOT, "packages/resend-simulator/src/main.ts");
  const child = spawn(process.execPath, ["--import", "tsx", main, "--port", "0", "--rate", "off"], { cwd: ROOT, stdio: ["ignore", "pipe", "inherit"] });
  const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
  let printed = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (printed += text));
  const baseUrl = await until("the simulator to start", () => /http:\/\/\S+/.exec(printed)?.[0]);
  return {
    baseUrl,
    async stop() {
      child.kill("SIGTERM");
      await closed;
    },
  };
}
