import { type SpawnOptions, spawn } from "node:child_process";

export interface CommandResult {
  /** Exit code, or null when a signal ended it or it could not be started at all. */
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs a program to its end. Never throws: a missing program is `code: null` with the reason in `stderr`. */
export function runCommand(command: readonly string[], options: SpawnOptions = {}): Promise<CommandResult> {
  const [file, ...args] = command;
  return new Promise((resolve) => {
    const result: CommandResult = { code: null, stdout: "", stderr: "" };
    const child = spawn(file!, args, { ...options, stdio: ["ignore", "pipe", "pipe"], windowsHide: true });
    child.stdout!.setEncoding("utf8").on("data", (text: string) => (result.stdout += text));
    child.stderr!.setEncoding("utf8").on("data", (text: string) => (result.stderr += text));
    child.on("error", (error) => resolve({ ...result, stderr: error.message }));
    child.on("close", (code) => resolve({ ...result, code }));
  });
}
