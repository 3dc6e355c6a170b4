import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it, onTestFinished } from "vitest";
import { letter } from "./testing/start-simulator.ts";

const main = fileURLToPath(new URL("main.ts", import.meta.url));

function start(...args: string[]) {
  const child = spawn(process.execPath, ["--import", "tsx", main, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  const output = { out: "", err: "" };
  child.stdout.on("data", (chunk) => (output.out += chunk));
  child.stderr.on("data", (chunk) => (output.err += chunk));
  const closed = once(child, "close").then(([code, signal]) => ({ ...output, code, signal }));
  return { child, output, closed };
}

it("serves until SIGTERM and then ends cleanly, even with a connection open", async () => {
  const { child, output, closed } = start("--port", "0", "--api-key", "re_cli", "--rate", "5");
  await once(child.stdout, "data");
  const url = /http:\S+/.exec(output.out)?.[0] ?? "";
  const response = await fetch(`${url}/emails`, { headers: { authorization: "Bearer re_cli" } });
  expect(await response.json()).toEqual({ object: "list", has_more: false, data: [] });
  expect(response.headers.get("ratelimit-limit")).toBe("5");
  expect((await fetch(`${url}/mailbox`)).status).toBe(200);
  child.kill("SIGTERM");
  expect(await closed).toMatchObject({ code: 0, signal: null, err: "" });
}, 30_000);

it("loses nothing of what it accepted when it is killed and started again on its ledger", async () => {
  const folder = mkdtempSync(join(tmpdir(), "ledger-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const faults = JSON.stringify({ kind: "drop_after" });
  const begin = async (...args: string[]) => {
    const started = start(
      "--port",
      "0",
      "--rate",
      "off",
      "--admin",
      "--keep-all",
      "--ledger",
      join(folder, "ledger.ndjson"),
      ...args,
    );
    await once(started.child.stdout, "data");
    const url = /http:\S+/.exec(started.output.out)?.[0] ?? "";
    const send = () =>
      fetch(`${url}/emails/batch`, {
        method: "POST",
        headers: { authorization: "Bearer re_cli", "idempotency-key": "dispatch-1" },
        body: JSON.stringify([letter, { ...letter, to: "second@demo.test" }]),
      });
    const ledger = async () => (await (await fetch(`${url}/admin/ledger?content=1`)).json()) as { emails: { id: string }[] };
    return { ...started, send, ledger };
  };
  const first = await begin("--faults", faults);
  await expect(first.send()).rejects.toThrow("fetch failed");
  const accepted = await first.ledger();
  expect(accepted.emails).toHaveLength(2);
  first.child.kill("SIGKILL");
  await first.closed;
  const second = await begin();
  const replay = (await (await second.send()).json()) as { data: { id: string }[] };
  expect(replay.data.map(({ id }) => id)).toEqual(accepted.emails.map(({ id }) => id));
  expect((await second.ledger()).emails.map(({ id }) => id)).toEqual(accepted.emails.map(({ id }) => id));
}, 60_000);

it("says in one sentence that its ledger cannot be used, with exit code 1", async () => {
  const { code, err } = await start("--ledger", tmpdir()).closed;
  expect(code).toBe(1);
  expect(err).toMatch(/^The ledger cannot be used: [^\n]*\.\n$/);
}, 30_000);

it("says in one sentence that the port is taken, with exit code 1", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  onTestFinished(() => void other.close());
  await once(other, "listening");
  const address = other.address();
  const port = typeof address === "object" && address ? address.port : 0;
  const { code, err, out } = await start("--port", String(port)).closed;
  expect({ code, out }).toEqual({ code: 1, out: "" });
  expect(err).toBe(`Port ${port} is already in use; stop what listens there or choose another with --port.\n`);
}, 30_000);

it("says in one sentence what is wrong with a flag, with exit code 1", async () => {
  const { code, err } = await start("--colour").closed;
  expect(code).toBe(1);
  expect(err).toMatch(/^Unknown option '--colour'[^\n]*\n$/);
}, 30_000);
