import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { access, constants, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { StartFailure } from "./start-failure.ts";

const ROOT = path.join(import.meta.dirname, "../../..");
const WEB = path.join(ROOT, "apps/web");
/** What the built app is made of; of the packages it uses only a few files, whose change is worth three seconds. */
const SOURCES = ["apps/web/src", "apps/web/public", "apps/web/scripts", "packages/core/src", "packages/emails/src"];
const FILES = ["apps/web/index.html", "apps/web/vite.config.ts", "package-lock.json"];
const STAMP = "built-from";

/**
 * The folder with the built web app: apps/web/dist, built now unless it is there and made from these sources. In a
 * checkout that belongs to somebody else it is built into the data folder. Throws StartFailure web_build_failed.
 */
export async function buildWeb(dataDir: string): Promise<string> {
  const stamp = await stampOfSources();
  const usual = path.join(WEB, "dist");
  if (await isBuiltFrom(usual, stamp)) return usual;
  const writable = await access(WEB, constants.W_OK).then(() => true, () => false);
  const folder = writable ? usual : path.join(dataDir, "web");
  if (await isBuiltFrom(folder, stamp)) return folder;
  // Built aside and moved: another start that builds at the same time, or serves, sees one whole app or the other.
  const aside = `${folder}.${process.pid}`;
  await run(aside);
  await writeFile(path.join(aside, STAMP), stamp);
  await replace(folder, aside);
  return folder;
}

async function stampOfSources(): Promise<string> {
  const hash = createHash("sha256");
  const nested = await Promise.all(SOURCES.map((folder) => listFiles(folder)));
  for (const file of [...FILES, ...nested.flat().sort()]) {
    hash.update(file).update("\0").update(await readFile(path.join(ROOT, file)));
  }
  return hash.digest("hex");
}

async function listFiles(folder: string): Promise<string[]> {
  const entries = await readdir(path.join(ROOT, folder), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && !/\.test\.tsx?$/.test(entry.name))
    .map((entry) => path.relative(ROOT, path.join(entry.parentPath, entry.name)));
}

async function isBuiltFrom(folder: string, stamp: string): Promise<boolean> {
  return (await readFile(path.join(folder, STAMP), "utf8").catch(() => "")) === stamp;
}

function run(outDir: string): Promise<void> {
  // A process of its own: it shares the processor time with Postgres' start instead of holding it up.
  const { VITE_SUPABASE_URL, VITE_SUPABASE_KEY, VITE_SUPABASE_KIND, VITE_MAILBOX, NODE_ENV, ...env } = process.env;
  const child = spawn(process.execPath, ["--import", "tsx", path.join(WEB, "scripts/build.ts"), outDir], {
    cwd: WEB,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let words = "";
  for (const channel of [child.stdout, child.stderr]) channel.setEncoding("utf8").on("data", (text: string) => (words += text));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0) return resolve();
      const message = `The web app could not be built: run "npm run build -w apps/web" and mend what it says.\n${words.trim()}`;
      void rm(outDir, { recursive: true, force: true }).then(() => reject(new StartFailure("web_build_failed", message)));
    });
  });
}

async function replace(folder: string, aside: string): Promise<void> {
  const old = `${aside}.old`;
  await rename(folder, old).catch(() => {});
  // Whoever else built meanwhile built the same.
  await rename(aside, folder).catch(() => rm(aside, { recursive: true, force: true }));
  await rm(old, { recursive: true, force: true });
}
