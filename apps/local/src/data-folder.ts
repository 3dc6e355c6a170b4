import { randomBytes } from "node:crypto";
import { access, mkdir, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { StartFailure } from "./start-failure.ts";

/** Creates `folder` and proves that files can be created in it. Throws StartFailure data_directory_unwritable. */
export async function makeWritableFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    const probe = path.join(folder, `.write-test-${randomBytes(6).toString("hex")}`);
    await writeFile(probe, "");
    await rm(probe);
  } catch (error) {
    throw unwritable(folder, error);
  }
}

/** Somebody else's Postgres may lie right in the folder we are pointed at; nothing of ours goes in there. */
export async function refuseForeignDataFolder(folder: string): Promise<void> {
  const foreign = await access(path.join(folder, "PG_VERSION")).then(
    () => true,
    () => false,
  );
  if (!foreign) return;
  throw new StartFailure(
    "data_directory_foreign",
    `${folder} is the data directory of another Postgres: set DATA_DIR to a folder of its own.`,
  );
}

const REASONS: Record<string, string> = {
  EACCES: "permission denied",
  EPERM: "permission denied",
  EROFS: "read-only file system",
  ENOSPC: "no space left",
  EEXIST: "a file is in its place",
  ENOTDIR: "a file is in its place",
};

export function unwritable(folder: string, error: unknown): StartFailure {
  const { code, message } = error as NodeJS.ErrnoException;
  const reason = REASONS[code ?? ""] ?? code ?? message;
  return new StartFailure(
    "data_directory_unwritable",
    `Cannot write to the data directory ${folder} (${reason}): ` +
      "make it writable for this user, or set DATA_DIR to a folder that is.",
  );
}

/** Writes a file that only its owner may read, whole or not at all. */
export async function writePrivateFile(file: string, content: string): Promise<void> {
  const unfinished = `${file}.${process.pid}`;
  try {
    // A file left behind could have a wider mode, which writing alone would not narrow.
    await rm(unfinished, { force: true });
    await writeFile(unfinished, content, { mode: 0o600 });
    await rename(unfinished, file);
  } catch (error) {
    throw unwritable(path.dirname(file), error);
  }
}
