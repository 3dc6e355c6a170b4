import path from "node:path";
import { type PostgresBinaries, binaryPath, copyPostgresBinaries } from "./postgres-binaries.ts";
import { runCommand } from "./run-command.ts";
import { StartFailure } from "./start-failure.ts";

/** As whom the Postgres programs run. */
export interface PostgresAccount {
  kind: "caller" | "namespace" | "switched";
  /** Words to put before the command line. */
  prefix: readonly string[];
  /** Owner of the data directory where that is not the caller; goes into `spawn` as well. */
  ids?: { uid: number; gid: number };
}

export interface AccountChoice {
  account: PostgresAccount;
  /** The binaries to use: a copy where the account may not enter the folder of the originals. */
  binaries: PostgresBinaries;
}

/** Where a switched account keeps what the caller's own folders would hide from it. */
export const SWITCHED_CACHE_FOLDER = "/var/cache/chat-notifications";

/**
 * Postgres refuses to run as root. Inside a user namespace that maps root to another id it cannot tell, and
 * files stay the caller's, in any folder the caller may enter. Where such namespaces are switched off, the
 * programs run as the user `postgres` or `nobody`.
 *
 * @param namespaces false leaves the first way out (tests of the second way).
 */
export async function choosePostgresAccount(binaries: PostgresBinaries, namespaces = true): Promise<AccountChoice> {
  if (process.getuid?.() !== 0) return { account: { kind: "caller", prefix: [] }, binaries };
  if (namespaces) {
    const account = await namespaceAccount();
    if (account && (await canRun(account, binaries))) return { account, binaries };
  }
  for (const user of ["postgres", "nobody"]) {
    const ids = await userIds(user);
    if (!ids) continue;
    const account: PostgresAccount = { kind: "switched", prefix: [], ids };
    if (await canRun(account, binaries)) return { account, binaries };
    const copy = await copyPostgresBinaries(binaries, SWITCHED_CACHE_FOLDER).catch(() => undefined);
    if (copy && (await canRun(account, copy))) return { account, binaries: copy };
  }
  throw new StartFailure(
    "postgres_account_missing",
    "Postgres refuses to run as root, and neither a user namespace (unshare) nor the user postgres or nobody is " +
      "usable here: start as a normal user, or set DATABASE_URL to a Postgres of your own.",
  );
}

async function namespaceAccount(): Promise<PostgresAccount | undefined> {
  // The id that root is mapped to must have an entry in /etc/passwd, else initdb gives up.
  const ids = await userIds("nobody");
  if (!ids) return undefined;
  const prefix = ["unshare", "--user", `--map-user=${ids.uid}`, `--map-group=${ids.gid}`];
  return { kind: "namespace", prefix };
}

async function userIds(user: string): Promise<{ uid: number; gid: number } | undefined> {
  const [uid, gid] = await Promise.all([runCommand(["id", "-u", user]), runCommand(["id", "-g", user])]);
  return uid.code === 0 && gid.code === 0 ? { uid: Number(uid.stdout), gid: Number(gid.stdout) } : undefined;
}

async function canRun(account: PostgresAccount, binaries: PostgresBinaries): Promise<boolean> {
  const command = [...account.prefix, binaryPath(binaries, "postgres"), "--version"];
  return (await runCommand(command, { ...account.ids, cwd: path.parse(process.cwd()).root })).code === 0;
}
