import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadSecrets } from "./secrets.ts";

let folder: string;
let made = 0;
const randomHex = (bytes: number) => (made += 1).toString(16).padStart(bytes * 2, "0");

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "chat-notifications-secrets-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const file = () => path.join(folder, "secrets.json");

test("secrets are made up once, for their owner's eyes only, and kept ever after", async () => {
  const first = await loadSecrets(folder, randomHex);
  expect((await stat(file())).mode & 0o777).toBe(0o600);
  expect(await loadSecrets(folder, randomHex)).toEqual(first);
});

test("a secret that an older version did not have is made up and kept, the others stay", async () => {
  const { unsubscribeKey, ...older } = await loadSecrets(folder, randomHex);
  await writeFile(file(), JSON.stringify(older));
  const now = await loadSecrets(folder, randomHex);
  expect(now).toMatchObject(older);
  expect(now.unsubscribeKey).not.toBe(unsubscribeKey);
  expect(await loadSecrets(folder, randomHex)).toEqual(now);
  expect(JSON.parse(await readFile(file(), "utf8"))).toEqual(now);
});

test("a file that is no secrets file stops the start and is left alone", async () => {
  for (const [text, reason] of [["{}", "jwtSecret is missing or wrong"], ["not JSON", "not JSON"]] as const) {
    await writeFile(file(), text);
    await expect(loadSecrets(folder, randomHex)).rejects.toMatchObject({ message: expect.stringContaining(reason) });
    expect(await readFile(file(), "utf8")).toBe(text);
  }
});
