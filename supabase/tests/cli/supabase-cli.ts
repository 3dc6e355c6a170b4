import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

const ROOT = path.join(import.meta.dirname, "../../..");
const BINARY = path.join(path.dirname(createRequire(import.meta.url).resolve("supabase/package.json")), "../.bin/supabase");

/** Runs the real CLI in the repository against a database; rejects with what it printed. Nothing of it leaves this machine. */
export async function runSupabase(args: string[], url: string): Promise<string> {
  const home = await mkdtemp(path.join(tmpdir(), "chat-notifications-cli-"));
  const env = { PATH: process.env.PATH ?? "", HOME: home, XDG_CONFIG_HOME: home, DO_NOT_TRACK: "1", SUPABASE_TELEMETRY_DISABLED: "1", NO_COLOR: "1" };
  try {
    return await new Promise((resolve, reject) => {
      execFile(BINARY, [...args, `--remote=${url}?sslmode=disable`], { cwd: ROOT, env, maxBuffer: 64 << 20 }, (error, stdout, stderr) => {
        if (error) reject(new Error(`supabase ${args.join(" ")} failed:\n${stdout}\n${stderr}`));
        else resolve(stdout + (args.includes("push") ? stderr : ""));
      });
    });
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}
