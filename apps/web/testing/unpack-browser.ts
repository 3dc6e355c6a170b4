import { execFile } from "node:child_process";
import { access, mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** `npm ci` empties it, so another version of the browser is never taken for this one. */
const CACHE = fileURLToPath(new URL("../../../node_modules/.cache", import.meta.url));

const exists = (place: string): Promise<boolean> => access(place).then(() => true, () => false);

/**
 * Unpacks the browser inside the npm package @sparticuz/chromium, once an installation, and says where it is.
 *
 * Left to itself the package writes to the machine's temporary folder and runs whatever is called "chromium" there: another
 * user's, which one may not run, or half of it, while a second process unpacks or after one was killed. Here it gets its
 * name when it is complete.
 */
export async function unpackBrowser(cache: string = CACHE): Promise<string> {
  const folder = path.join(cache, "chromium");
  const browser = path.join(folder, "chromium");
  if (await exists(browser)) return browser;
  await mkdir(cache, { recursive: true });
  const draft = await mkdtemp(`${folder}-`);
  try {
    // Of its own process, because the package knows its folder only as TMPDIR, which is one for all that runs here.
    await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", 'import chromium from "@sparticuz/chromium"; await chromium.executablePath();'], {
      cwd: import.meta.dirname,
      env: { ...process.env, TMPDIR: draft },
    });
    await rename(draft, folder).catch(async (error: unknown) => {
      if (!(await exists(browser))) throw error;
    });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return browser;
}
