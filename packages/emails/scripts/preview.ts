import { spawn } from "node:child_process";
import { watch } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import { fileURLToPath } from "node:url";
import type { RenderedLetter } from "../src/letter-facts.ts";
import { previewPage } from "./preview-page.ts";

/**
 * The sample letters in the browser, rendered by the compiled templates, which are compiled anew
 * whenever a source changes: `npm run preview -w packages/emails`, port 3001 or `PORT`.
 */

const packageFolder = new URL("../", import.meta.url);
const port = Number(process.env["PORT"] ?? 3001);
const page = { "content-type": "text/html; charset=utf-8", "cache-control": "no-store" };
const open = new Set<ServerResponse>();
let letters: Record<string, RenderedLetter> = {};
let failure = "";

/** Runs a script in a process of its own, because modules once loaded do not change; resolves to its output. */
function run(script: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ["--import", "tsx", script], { cwd: fileURLToPath(packageFolder) });
    let output = "";
    let errors = "";
    child.stdout.on("data", (data) => (output += data));
    child.stderr.on("data", (data) => (errors += data));
    child.on("error", reject);
    child.on("close", (code) => (code === 0 ? resolve(output) : reject(new Error(errors))));
  });
}

async function refresh(): Promise<void> {
  try {
    await run("scripts/compile.ts");
    letters = JSON.parse(await run("scripts/print-samples.ts")) as Record<string, RenderedLetter>;
    failure = "";
  } catch (error) {
    failure = (error as Error).message;
    console.error(failure);
  }
  for (const response of open) response.write("data: changed\n\n");
}

const server = createServer((request, response) => {
  const url = new URL(request.url ?? "/", "http://localhost");
  const letter = letters[url.searchParams.get("letter") ?? "conversation"];
  if (url.pathname === "/changes") {
    response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
    open.add(response);
    response.on("close", () => open.delete(response));
  } else if (url.pathname === "/html" && letter !== undefined) {
    response.writeHead(200, { ...page, "content-security-policy": "sandbox allow-popups" });
    response.end(letter.html);
  } else {
    response.writeHead(200, page);
    response.end(previewPage(letters, url.searchParams.get("letter") ?? "conversation", failure));
  }
});

server.on("error", (error) => {
  console.error(`The preview cannot listen on port ${port}: ${error.message}. Choose another one with PORT=3002.`);
  process.exit(1);
});

await refresh();
let pending = Promise.resolve();
let timer: NodeJS.Timeout | undefined;
for (const folder of ["templates", "src", "samples"]) {
  watch(new URL(folder, packageFolder), { recursive: true }, (_, file) => {
    if (file?.startsWith("compiled")) return;
    clearTimeout(timer);
    timer = setTimeout(() => (pending = pending.then(refresh)), 100);
  });
}
server.listen(port, "127.0.0.1", () => console.log(`Letters: http://localhost:${port}`));
