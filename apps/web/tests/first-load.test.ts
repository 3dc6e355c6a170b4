import { execFile } from "node:child_process";
import { mkdtemp, readFile, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";

const MOST_KILOBYTES = 250;

interface Chunk {
  file: string;
  imports?: string[];
  isEntry?: boolean;
}

let folder: string;
let chunks: Record<string, Chunk>;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "web-build-"));
  await promisify(execFile)(process.execPath, ["--import", "tsx", path.join(import.meta.dirname, "../scripts/build.ts"), folder], { env: { ...process.env, NODE_ENV: "production" } });
  chunks = JSON.parse(await readFile(path.join(folder, "manifest.json"), "utf8")) as Record<string, Chunk>;
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What must be there before these can run: themselves and what they import, imports of imports included. */
function filesOf(keys: string[], known = new Set<string>()): Set<string> {
  for (const key of keys) {
    if (known.has(key)) continue;
    known.add(key);
    filesOf(chunks[key]!.imports ?? [], known);
  }
  return known;
}

async function kilobytes(keys: Iterable<string>): Promise<number> {
  let sum = 0;
  for (const key of keys) {
    const file = path.join(folder, chunks[key]!.file);
    sum += (await stat(`${file}.br`).catch(() => stat(file))).size;
  }
  return sum / 1000;
}

test("the first page is there after at most 250 kB of compressed JavaScript, whichever page it is", async () => {
  const entries = Object.keys(chunks).filter((key) => chunks[key]!.isEntry);
  const pages = Object.keys(chunks).filter((key) => /-page\.tsx$/.test(key));
  expect(entries).toHaveLength(1);
  expect(pages.length).toBeGreaterThan(8);
  const sizes: Record<string, number> = {};
  for (const page of pages) {
    // Who is not signed in sees no shell.
    const shell = Object.keys(chunks).filter((key) => key.endsWith("shell/shell.tsx") && !/sign-in|unsubscribe/.test(page));
    sizes[page] = Math.round(await kilobytes(filesOf([...entries, ...shell, page])));
  }
  // The cockpit's charts come when a chart is looked at.
  const tooLarge = Object.entries(sizes).filter(([, size]) => size > MOST_KILOBYTES);
  expect(tooLarge, JSON.stringify(sizes)).toEqual([]);
});

test("every page is a file of its own, and no source map or inline script leaves", async () => {
  const entry = Object.keys(chunks).find((key) => chunks[key]!.isEntry)!;
  expect([...filesOf([entry])].filter((key) => /-page\.tsx$/.test(key))).toEqual([]);
  const files = (await readdir(folder, { recursive: true })).map(String);
  expect(files.filter((file) => file.endsWith(".map"))).toEqual([]);
  const index = await readFile(path.join(folder, "index.html"), "utf8");
  expect(index).not.toMatch(/<script(?![^>]*\ssrc=)[^>]*>|\son\w+=|\sstyle=/);
});
