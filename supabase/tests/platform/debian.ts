import { existsSync } from "node:fs";
import type { PostgresBinaries } from "../../../apps/local/src/postgres-binaries.ts";

/** Debian's packages, where they are installed; tests of them are skipped elsewhere, and say so. */
export const DEBIAN_POSTGRES: PostgresBinaries = { root: "/usr/lib/postgresql/15", version: "15" };
export const PGBOUNCER = "/usr/sbin/pgbouncer";

const hasPostgres = existsSync(`${DEBIAN_POSTGRES.root}/bin/postgres`);
export const hasPgCron = hasPostgres && existsSync("/usr/share/postgresql/15/extension/pg_cron.control");
export const hasPgBouncer = existsSync(PGBOUNCER);
