import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { beforeEach, expect, test } from "vitest";
import { runCommand } from "../apps/local/src/run-command.ts";

const LOCK = JSON.stringify({ packages: { "": {}, "node_modules/left-pad": { version: "1.3.0" } } });

/** Stands in for the network, not for our code: notes how it was called and puts a package there as npm does. */
const NPM = `
  const { appendFileSync, mkdirSync, writeFileSync, copyFileSync } = require("node:fs");
  appendFileSync("npm-calls", process.argv.slice(2).join(" ") + "\\n");
  if (process.env.NPM_FAILS) process.exit(7);
  mkdirSync("node_modules", { recursive: true });
  copyFileSync("package-lock.json", "node_modules/.package-lock.json");
`;

let checkout: string;

beforeEach(async () => {
  checkout = await mkdtemp(path.join(tmpdir(), "install-"));
  await cp(path.join(import.meta.dirname, "install.mjs"), path.join(checkout, "scripts", "install.mjs"));
  await writeFile(path.join(checkout, "package-lock.json"), LOCK);
  await writeFile(path.join(checkout, "npm.cjs"), NPM);
  return () => rm(checkout, { recursive: true, force: true });
});

function install(env: Record<string, string> = {}, nodeOptions: string[] = []) {
  const script = path.join(checkout, "scripts", "install.mjs");
  return runCommand([process.execPath, ...nodeOptions, script], {
    env: { PATH: process.env.PATH, npm_execpath: path.join(checkout, "npm.cjs"), ...env },
  });
}

async function calls(): Promise<string[]> {
  return (await readFile(path.join(checkout, "npm-calls"), "utf8").catch(() => "")).split("\n").filter((line) => line);
}

test("missing packages are installed once, development ones included", async () => {
  const first = await install({ NODE_ENV: "production" });
  expect(first).toMatchObject({ code: 0, stdout: expect.stringContaining("Installing dependencies") });
  expect(await install()).toMatchObject({ code: 0, stdout: "" });
  expect(await calls()).toEqual(["ci --no-audit --no-fund --include=dev --include=optional"]);
});

test("a changed lock file installs again", async () => {
  await install();
  await writeFile(path.join(checkout, "package-lock.json"), LOCK.replace("1.3.0", "1.4.0"));
  expect((await install()).stdout).toContain("Dependencies changed");
  expect(await calls()).toHaveLength(2);
});

test("what somebody installed with npm themselves is taken as it is", async () => {
  await runCommand([process.execPath, path.join(checkout, "npm.cjs"), "by-hand"], { cwd: checkout });
  expect((await install()).code).toBe(0);
  expect(await calls()).toEqual(["by-hand"]);
});

test("an installation that fails ends with 1 and says what to do", async () => {
  expect(await install({ NPM_FAILS: "1" })).toMatchObject({ code: 1, stderr: expect.stringContaining("check the network") });
});

test("an old Node is told so in one sentence", async () => {
  const pretend = 'data:text/javascript,Object.defineProperty(process.versions,"node",{value:"20.18.3"})';
  const { code, stderr } = await install({}, ["--import", pretend]);
  expect(code).toBe(1);
  expect(stderr).toBe("Node 20.19 or newer is needed, this is 20.18.3: install a newer one from https://nodejs.org.\n");
});
