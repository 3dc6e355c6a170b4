import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { unpackBrowser } from "../testing/unpack-browser.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "chat-notifications-browser-"));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

// The package's browser is for Linux alone; elsewhere an installed one is used.
it.runIf(process.platform === "linux")("unpacks one whole browser for all who ask at once, whatever lies in the temporary folder", async () => {
  await writeFile(path.join(folder, "chromium"), "somebody else's, or half of it", { mode: 0o600 });
  vi.stubEnv("TMPDIR", folder);
  const cache = path.join(folder, "cache");
  const [browser, ...others] = await Promise.all([unpackBrowser(cache), unpackBrowser(cache), unpackBrowser(cache)]);
  expect(others).toEqual([browser, browser]);
  expect(await readdir(cache)).toEqual(["chromium"]);
  const { stdout } = await promisify(execFile)(browser!, ["--version"]);
  expect(stdout).toMatch(/chrom/i);
});
