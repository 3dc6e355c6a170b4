import type { Sql } from "postgres";
import { createPostgresDatabase } from "../../../packages/core/src/postgres-database.ts";
import { createPostgresOperations } from "../../../packages/core/src/operations-database.ts";
import { createPostgresUnsubscribing } from "../../../packages/core/src/unsubscribe-database.ts";
import type { TestDatabase } from "../harness/test-database.ts";

/** A statement as processors and functions send it, with what Postgres makes of it. */
export interface Call {
  statement: string;
  parameters: string[];
  columns: Record<string, string>;
}

/** What a released version of the code calls, and how its schema declares that: supabase/tests/upgrades/version-N.json. */
export interface RecordedVersion {
  version: number;
  calls: Call[];
  /** `schema.name(arguments) returns result`. */
  functions: string[];
}

const ID = "00000000-0000-0000-0000-000000000000";
const DISPATCH = { id: ID, attempt: 1 };
const CLAIM = { userId: ID, scope: "all", eventId: null };
const TELLING = { alertId: "0", change: "opened" };
const EVENT = { svixId: "x", type: "email.sent", occurredAt: "2026-01-01T00:00:00Z", emailId: null, providerId: null, address: null, detail: null };
const FAILED = { outcome: "rejected", reason: "x", letterIndex: null, retryAfterMs: null };

/** Arguments for every method; one that is missing here fails the test. */
const ARGUMENTS: Record<string, unknown[]> = {
  settleBursts: [], continueFanOut: [], permitSending: [1], returnPermission: [1, 1], getPendingNotifications: [100],
  claimPendingNotifications: [100], heldDispatch: [ID, 1], beginAttempt: [DISPATCH, new Uint8Array(32)], markNotificationSent: [DISPATCH, []],
  markNotificationFailed: [DISPATCH, FAILED, null, 0.5], observeRateLimit: [10], unconfirmedDispatches: [], confirmDispatch: [ID, []],
  receiveWebhookEvent: [EVENT], nextDueInMs: [], listen: [() => {}],
  beat: [{ id: "x", kind: "worker", version: "x" }], rollUp: [], checkAlerts: [], takeAlertTellings: [], noteAlertTold: [TELLING, "mail"],
  retain: [], noteRefusals: ["unsubscribe", 1], health: [], metrics: [], schemaVersion: [],
  appUrl: [], describe: [CLAIM], unsubscribe: [CLAIM, "page"], undo: [CLAIM], choose: [CLAIM, { level: "none" }],
};

/** The statements behind all methods that reach the database, from the code that runs. */
export async function recordStatements(database: TestDatabase): Promise<string[]> {
  const seen = new Set<string>();
  const sql = database.connect({ max: 1, debug: (_connection, statement) => void (/(private|public)\.\w+\(/.test(statement) && seen.add(statement.replace(/\s+/g, " "))) });
  const deployment = { deploymentUrl: "http://nowhere.test" };
  const called = [createPostgresDatabase(sql, { ...deployment, tokenKeyId: "x" }), createPostgresOperations(sql, deployment), createPostgresUnsubscribing(sql)];
  for (const api of called) {
    for (const [name, method] of Object.entries(api) as [string, (...args: unknown[]) => Promise<unknown>][]) {
      if (ARGUMENTS[name] === undefined) throw new Error(`recorded-calls.ts has no arguments for ${name}().`);
      // What it answers is another test's; here it may refuse.
      await method(...ARGUMENTS[name]!).catch((error: { code?: string }) => {
        if (!/^(CN|23)/.test(error.code ?? "")) throw error;
      });
    }
  }
  return [...seen].sort();
}

/** What Postgres says of a statement without running it. Rejects when nothing answers it. */
export async function describeCall(sql: Sql, statement: string): Promise<Call> {
  const { types, columns } = await sql.unsafe(statement).describe();
  const oids = [...types, ...columns.map(({ type }) => type)];
  const rows = await sql<{ name: string }[]>`select format_type(oid, null) as name from unnest(${oids}::oid[]) with ordinality o (oid, at) order by at`;
  const names = rows.map(({ name }) => name);
  return {
    statement,
    parameters: names.slice(0, types.length),
    columns: Object.fromEntries(columns.map(({ name }, at) => [name, names[types.length + at]!])),
  };
}

/** The functions that statements name, as the schema declares them; composite results column by column. */
export async function describeFunctions(sql: Sql, statements: string[]): Promise<string[]> {
  const names = [...new Set(statements.flatMap((statement) => [...statement.matchAll(/\b((?:private|public)\.\w+)\(/g)].map(([, name]) => name!)))];
  const rows = await sql<{ declared: string }[]>`
    select format('%s.%s(%s) returns %s', p.pronamespace::regnamespace, p.proname, pg_get_function_arguments(p.oid),
      case when t.typrelid = 0 then pg_get_function_result(p.oid) else (
        select format('TABLE(%s)', string_agg(format('%I %s', a.attname, format_type(a.atttypid, a.atttypmod)), ', ' order by a.attnum))
        from pg_attribute a where a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped) end) as declared
    from pg_proc p
    join pg_type t on t.oid = p.prorettype
    where format('%s.%s', p.pronamespace::regnamespace, p.proname) = any(${names})
    order by declared`;
  return rows.map(({ declared }) => declared);
}

/** What of a version's calls this database would not answer, or otherwise than then; empty: the old code works with it. */
export async function unanswered(sql: Sql, calls: Call[], inSchema: (statement: string) => string = (statement) => statement): Promise<string[]> {
  const problems: string[] = [];
  for (const { statement, parameters, columns } of calls) {
    const now = await describeCall(sql, inSchema(statement)).catch((error: Error) => error);
    if (now instanceof Error) problems.push(`${statement}: ${now.message}`);
    else if (now.parameters.join() !== parameters.join()) problems.push(`${statement}: takes ${now.parameters.join(", ")}`);
    else for (const [name, type] of Object.entries(columns)) if (now.columns[name] !== type) problems.push(`${statement}: ${name} is ${now.columns[name] ?? "not there"}`);
  }
  return problems;
}
