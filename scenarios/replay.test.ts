import { execFile } from "node:child_process";
import { readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { ReplayResult } from "../apps/local/src/replay/replay.ts";
import { type TestStack, startStack } from "./harness/start-stack.ts";

const MAIN = path.join(import.meta.dirname, "../apps/local/src/replay/main.ts");
const ROOT = path.join(import.meta.dirname, "..");
const DATA = path.join(import.meta.dirname, "data/irc");

let stack: TestStack;

beforeAll(async () => {
  stack = await startStack();
  // Mentions fall due while the conversation runs, as they would in a real one.
  await stack.sql`update private.settings set mention_grace_seconds = 1`;
});

afterAll(() => stack.stop());

function replay(args: string[], dataDir = stack.dataDir): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    const { SUPABASE_URL, INIT_CWD, ...inherited } = process.env;
    const env = { ...inherited, DATA_DIR: dataDir };
    execFile(process.execPath, ["--import", "tsx", MAIN, ...args], { env, cwd: ROOT }, (error, out, err) => {
      resolve({ code: typeof error?.code === "number" ? error.code : error ? -1 : 0, out, err });
    });
  });
}

/** The first lines of a conversation, in a file of their own: whole ones are replayed by hand. */
async function firstLines(name: string, count: number): Promise<string> {
  const lines = (await readFile(path.join(DATA, name), "utf8")).split("\n").slice(0, count);
  const file = path.join(tmpdir(), `chat-notifications-${process.pid}-${name}`);
  await writeFile(file, lines.join("\n"));
  return file;
}

it.each([
  ["2006-05-27.train-c.raw.txt", 190, 12],
  ["2008-04-27.train-a.raw.txt", 120, 12],
])("tells everybody everything once while people talk as in %s", async (name, count, people) => {
  const file = await firstLines(name, count);
  const { code, out, err } = await replay([file, "--people", String(people), "--window", "2"]);
  await rm(file);
  expect(code, err).toBe(0);
  const lines = out.trimEnd().split("\n");
  expect(lines).toHaveLength(1);
  const result = JSON.parse(lines[0]!) as ReplayResult;
  expect(result.messages).toBeGreaterThan(100);
  expect(result).toEqual({
    messages: result.messages,
    people,
    bursts: expect.any(Number),
    notifications: expect.any(Number),
    emails: expect.any(Number),
    messages_covered: result.messages * (people - 1),
    missing: 0,
    doubled: 0,
  });
  expect(result.emails).toBeGreaterThanOrEqual(people);
  expect(result.bursts).toBeGreaterThanOrEqual(1);
}, 180_000);

it("signs the same people in again", async () => {
  const accounts = () => stack.sql`select id, email from auth.users order by id`;
  const file = await firstLines("2008-04-27.train-a.raw.txt", 12);
  const args = [file, "--people", "5", "--window", "0"];
  expect((await replay(args)).code).toBe(0);
  const before = await accounts();
  expect((await replay(args)).code).toBe(0);
  await rm(file);
  expect(await accounts()).toEqual(before);
}, 180_000);

it.each([
  [["no-such-file.txt"], "There is no file no-such-file.txt, here or in scenarios/data/irc.\n"],
  [["2006-05-27.train-c.raw.txt", "--people", "3"], /^Creating the event failed: the organization's members are in it, too, so it has 4 people or more\n$/],
  [[], /^Name one file to replay\. See --help\.\n$/],
])("refuses %j in one sentence", async (args, sentence) => {
  const { code, out, err } = await replay(args);
  expect({ code, out }).toEqual({ code: 1, out: "" });
  expect(err).toEqual(typeof sentence === "string" ? sentence : expect.stringMatching(sentence));
});

it("says how to start a stack when there is none", async () => {
  const { code, out, err } = await replay(["2006-05-27.train-c.raw.txt"], path.join(tmpdir(), "no-such-folder"));
  expect({ code, out }).toEqual({ code: 1, out: "" });
  expect(err).toMatch(/^There is no local stack at \S+: start one with npm start[^\n]*\n$/);
});
