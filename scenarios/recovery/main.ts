import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { recoveryDrill } from "./drill.ts";
import { printDrill } from "./print-drill.ts";

const folder = await mkdtemp(path.join(tmpdir(), "chat-notifications-drill-"));
await chmod(folder, 0o755);
try {
  const result = await recoveryDrill(folder, 20, Math.random);
  const { text, passed } = printDrill(result);
  console.log(text);
  process.exitCode = passed ? 0 : 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
