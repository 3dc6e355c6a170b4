import { createHash } from "node:crypto";
import { lchown, lstat, mkdir, readFile, readdir, realpath, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { makeWritableFolder, unwritable } from "./data-folder.ts";
import type { PostgresAccount } from "./postgres-account.ts";
import { type PostgresBinaries, binaryPath } from "./postgres-binaries.ts";
import { runCommand } from "./run-command.ts";
import { StartFailure } from "./start-failure.ts";

/** Folder for the data of an account that may not enter the folder the caller chose. */
const SWITCHED_DATA_FOLDER = "/var/lib/chat-notifications";

export interface DataDirectoryOptions {
  dataDir: string;
  /** Password of the superuser `postgres`, used when the cluster is created. */
  password: string;
  account: PostgresAccount;
  binaries: PostgresBinaries;
  /** false skips flushing to disk while creating the cluster (throw-away clusters of tests). */
  durable: boolean;
}

/**
 * Makes sure that a cluster of our Postgres version lies in `dataDir`, creating it on the first start, and
 * returns the folder that really holds it. Throws StartFailure: data_directory_unwritable,
 * data_directory_foreign, data_directory_other_version, postgres_init_failed.
 */
export async function prepareDataDirectory(options: DataDirectoryOptions): Promise<string> {
  const { account } = options;
  const dataDir = path.resolve(options.dataDir);
  await makeWritableFolder(path.dirname(dataDir));
  const place = await locate(dataDir, account);
  const found = await readVersion(place);
  const wanted = options.binaries.version.split(".")[0]!;
  if (found === undefined) await createCluster(place, options);
  else if (found !== wanted) {
    throw new StartFailure(
      "data_directory_other_version",
      `${place} holds data of Postgres ${found}, but this program runs Postgres ${wanted}: ` +
        "set DATA_DIR to another folder, or move that one away to start afresh.",
    );
  }
  await giveTo(account, place);
  return place;
}

/** A pointer file remembers data that had to be put elsewhere, whoever starts it later. */
async function locate(dataDir: string, account: PostgresAccount): Promise<string> {
  const pointer = `${dataDir}.location`;
  const remembered = await readFile(pointer, "utf8").catch(() => undefined);
  if (remembered) return remembered.trim();
  if (account.kind !== "switched" || (await mayEnter(account, path.dirname(dataDir)))) return dataDir;
  const parent = await realpath(path.dirname(dataDir));
  const name = createHash("sha256").update(path.join(parent, path.basename(dataDir))).digest("hex").slice(0, 16);
  const place = path.join(SWITCHED_DATA_FOLDER, name);
  await makeWritableFolder(SWITCHED_DATA_FOLDER);
  await writeFile(pointer, `${place}\n`);
  return place;
}

async function mayEnter(account: PostgresAccount, folder: string): Promise<boolean> {
  const probe = await runCommand(["/bin/sh", "-c", 'cd "$1"', "sh", folder], { ...account.ids, cwd: "/" });
  return probe.code === 0;
}

/** The major version in PG_VERSION, or undefined where nothing has been created yet. */
async function readVersion(place: string): Promise<string | undefined> {
  try {
    return (await readFile(path.join(place, "PG_VERSION"), "utf8")).trim();
  } catch (error) {
    if (["EACCES", "EPERM", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) throw unwritable(place, error);
  }
  const entries = await readdir(place).catch(() => []);
  if (entries.length === 0) return undefined;
  throw new StartFailure(
    "data_directory_foreign",
    `${place} is not empty and holds no Postgres data: set DATA_DIR to another folder, or move that one away.`,
  );
}

async function createCluster(place: string, options: DataDirectoryOptions): Promise<void> {
  // Created beside its place and renamed when complete, so that an interrupted first start leaves nothing half made.
  const unfinished = `${place}.unfinished`;
  const passwordFile = `${place}.password`;
  try {
    await rm(unfinished, { recursive: true, force: true });
    await mkdir(unfinished, { mode: 0o700 });
    await giveTo(options.account, unfinished);
    await writeFile(passwordFile, `${options.password}\n`, { mode: 0o600 });
    await giveTo(options.account, passwordFile);
    const command = [
      ...options.account.prefix,
      binaryPath(options.binaries, "initdb"),
      `--pgdata=${unfinished}`,
      `--pwfile=${passwordFile}`,
      "--username=postgres",
      "--auth=scram-sha-256",
      "--encoding=UTF8",
      "--locale=C",
      "--lc-messages=C",
      ...(options.durable ? [] : ["--no-sync"]),
    ];
    const env = { ...process.env, LC_ALL: "C" };
    const result = await runCommand(command, { ...options.account.ids, cwd: path.dirname(place), env });
    if (result.code !== 0) throw initFailed(place, result.stderr || result.stdout);
    await rm(place, { recursive: true, force: true });
    await rename(unfinished, place);
  } catch (error) {
    throw error instanceof StartFailure ? error : unwritable(place, error);
  } finally {
    await rm(passwordFile, { force: true });
    await rm(unfinished, { recursive: true, force: true });
  }
}

function initFailed(place: string, output: string): StartFailure {
  const lines = output.trim().split("\n");
  const reason = lines.find((line) => /error|fatal|could not/i.test(line)) ?? lines.at(-1) ?? "no output";
  return new StartFailure(
    "postgres_init_failed",
    `Postgres could not create its data directory ${place} (${reason.trim()}): mend that, ` +
      "or set DATABASE_URL to a Postgres of your own.",
  );
}

/** Postgres insists on owning its files; what another account of this machine created earlier is handed over. */
async function giveTo(account: PostgresAccount, place: string): Promise<void> {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = account.ids ?? { uid: 0, gid: 0 };
  const status = await lstat(place);
  if (status.uid === uid) return;
  if (status.isDirectory()) {
    const entries = await readdir(place, { recursive: true });
    for (const entry of entries) await lchown(path.join(place, entry), uid, gid);
  }
  await lchown(place, uid, gid);
}
