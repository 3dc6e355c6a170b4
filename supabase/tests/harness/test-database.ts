import { randomBytes } from "node:crypto";
import postgres, { type Options, type Sql } from "postgres";
import { inject } from "vitest";
import { TEMPLATE_DATABASE } from "./test-cluster.ts";

export type ApiRole = "anon" | "authenticated" | "service_role" | "notifier";

export interface TestDatabase {
  /** Superuser's and owner's URL. */
  url: string;
  /** Superuser and owner; up to 10 connections. */
  sql: Sql;
  /** More connections of the owner, e.g. `{ max: 1 }` for one that holds a lock. Closed by `drop`. */
  connect(options?: Options<Record<string, never>>): Sql;
  /**
   * Connections that act as the API does for a caller: in this role, with this user's claims, in every
   * statement inside and outside transactions. `userId` null: nobody signed in. Closed by `drop`.
   */
  connectAs(role: ApiRole, userId?: string | null, options?: Options<Record<string, never>>): Sql;
  /** Closes what was opened here and drops the database. */
  drop(): Promise<void>;
}

/** A fresh copy of the migrated template: empty tables, about 0.1 s. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const clusterUrl = await askForCluster();
  const name = `test_${randomBytes(8).toString("hex")}`;
  await administer(clusterUrl, `create database ${name} template ${TEMPLATE_DATABASE}`);
  const address = new URL(clusterUrl);
  address.pathname = `/${name}`;
  const url = address.href;
  const opened: Sql[] = [];
  const connect = (options: Options<Record<string, never>> = {}): Sql => {
    const sql = postgres(url, { onnotice() {}, ...options }) as unknown as Sql;
    opened.push(sql);
    return sql;
  };
  return {
    url,
    sql: connect(),
    connect,
    connectAs: (role, userId = null, options = {}) =>
      connect({ ...options, connection: { ...options.connection, ...sessionOf(role, userId) } }),
    async drop() {
      await Promise.all(opened.map((sql) => sql.end({ timeout: 0 })));
      await administer(clusterUrl, `drop database ${name} with (force)`);
    },
  };
}

/** The settings the API makes per transaction, made once per session. */
function sessionOf(role: ApiRole, userId: string | null): Record<string, string> {
  const claims = userId === null ? { role } : { sub: userId, role };
  return {
    role,
    "request.jwt.claims": JSON.stringify(claims),
    "request.jwt.claim.sub": userId ?? "",
    "request.jwt.claim.role": role,
  };
}

let cluster: Promise<string> | undefined;

function askForCluster(): Promise<string> {
  return (cluster ??= fetch(inject("testClusterService")).then(async (response) => {
    const text = await response.text();
    if (!response.ok) throw new Error(`The test cluster did not start: ${text}`);
    return text;
  }));
}

async function administer(clusterUrl: string, statement: string): Promise<void> {
  const sql = postgres(clusterUrl, { max: 1, onnotice() {} });
  try {
    await sql.unsafe(statement);
  } finally {
    await sql.end();
  }
}
