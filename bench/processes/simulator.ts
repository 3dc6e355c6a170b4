import { spawn } from "node:child_process";
import path from "node:path";

const ROOT = path.join(import.meta.dirname, "../..");
const MAIN = path.join(ROOT, "packages/resend-simulator/src/main.ts");

export interface SimulatorProcess {
  baseUrl: string;
  /** Letters accepted since it was started. */
  accepted(): Promise<number>;
  stop(): Promise<void>;
}

/** The provider, in a process of its own: without limits, answering after so many milliseconds. */
export async function startSimulatorProcess(latencyMs: number): Promise<SimulatorProcess> {
  const child = spawn(
    process.execPath,
    ["--import", "tsx", MAIN, "--port", "0", "--rate", "off", "--admin", "--max-emails", "100", "--latency-ms", String(latencyMs)],
    { cwd: ROOT, stdio: ["ignore", "pipe", "inherit"] },
  );
  const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
  let printed = "";
  const baseUrl = await new Promise<string>((resolve, reject) => {
    child.once("exit", () => reject(new Error("The simulator did not start.")));
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      const url = /http:\/\/\S+/.exec((printed += text))?.[0];
      if (url !== undefined) resolve(url);
    });
  });
  return {
    baseUrl,
    accepted: async () => ((await (await fetch(`${baseUrl}/admin/totals`)).json()) as { emails: number }).emails,
    async stop() {
      child.kill("SIGTERM");
      await closed;
    },
  };
}
