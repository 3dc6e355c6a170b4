import { choosePostgresAccount } from "./postgres-account.ts";
import { findPostgresBinaries, type PostgresBinaries } from "./postgres-binaries.ts";
import { prepareDataDirectory } from "./postgres-data-directory.ts";
import { findFreePort } from "./free-port.ts";
import { giveUpOwnership, takeOwnership } from "./postgres-owner.ts";
import { startPostmaster } from "./postmaster.ts";
import { StartFailure } from "./start-failure.ts";

export interface PostgresClusterOptions {
  /** Folder for the cluster's files; created on the first start. Its parent must be writable too. */
  dataDir: string;
  /** Password of the superuser `postgres`: set when the cluster is created, needed ever after. */
  password: string;
  /** Receives each line of Postgres' own log. */
  log: (line: string) => void;
  /** Port to prefer if it is free; any free port otherwise. */
  port?: number;
  /** Server settings on top of ours, e.g. `{ fsync: "off" }` for throw-away clusters. */
  settings?: Record<string, string>;
  /** false: as root, do not use a user namespace even where there is one. */
  namespaces?: boolean;
  /** Another Postgres than the embedded one. */
  binaries?: PostgresBinaries;
}

export interface PostgresCluster {
  /** Superuser's URL of the database `postgres`, over TCP on 127.0.0.1. */
  url: string;
  port: number;
  /** Resolves when Postgres has ended, wanted or not. */
  exited: Promise<void>;
  /** Fast and clean shutdown; calling it twice is harmless. */
  stop(): Promise<void>;
}

/** Postgres' default durability stays; these make it local, quiet and like the hosted product. */
const SETTINGS = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  shared_preload_libraries: "pg_stat_statements",
  max_connections: "100",
  jit: "off",
  timezone: "UTC",
  log_timezone: "UTC",
  log_checkpoints: "off",
};

/**
 * Starts the embedded Postgres 17 on `dataDir`, creating its data on the first call. It stops with this
 * process, even after kill -9. Throws StartFailure with one of the codes data_directory_unwritable,
 * data_directory_foreign, data_directory_other_version, data_directory_in_use, platform_unsupported,
 * postgres_account_missing, postgres_init_failed, postgres_start_failed.
 */
export async function startPostgres(options: PostgresClusterOptions): Promise<PostgresCluster> {
  const settings: Record<string, string> = { ...SETTINGS, ...options.settings };
  const { account, binaries } = await choosePostgresAccount(options.binaries ?? (await findPostgresBinaries()), options.namespaces);
  const durable = settings.fsync !== "off";
  const dataDir = await prepareDataDirectory({ ...options, account, binaries, durable });
  await takeOwnership(dataDir);
  const port = await findFreePort(options.port);
  const postmaster = startPostmaster({ ...options, dataDir, port, settings, account, binaries });
  const outcome = await postmaster.ready;
  if (!outcome.ok) {
    await giveUpOwnership(dataDir);
    throw new StartFailure(
      "postgres_start_failed",
      `Postgres did not start on ${dataDir} (${outcome.reason}): mend that, or set DATA_DIR to another folder.`,
    );
  }
  const stop = async (): Promise<void> => {
    await postmaster.stop();
    await giveUpOwnership(dataDir);
  };
  let stopped: Promise<void> | undefined;
  return {
    url: `postgresql://postgres:${encodeURIComponent(options.password)}@127.0.0.1:${port}/postgres`,
    port,
    exited: postmaster.exited,
    stop: () => (stopped ??= stop()),
  };
}
