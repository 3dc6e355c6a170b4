import { type ChildProcess, spawn } from "node:child_process";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import postgres, { type Sql } from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findFreePort } from "../../../apps/local/src/free-port.ts";
import { createPostgresDatabase } from "../../../packages/core/src/postgres-database.ts";
import { createPostgresOperations } from "../../../packages/core/src/operations-database.ts";
import { until } from "../../../scenarios/harness/until.ts";
import { createTestDatabase, type TestDatabase } from "../harness/test-database.ts";
import { addEvent, addPeople, createDelivery, drain, later, post, TEST_DEPLOYMENT } from "../harness/world.ts";
import { hasPgBouncer, PGBOUNCER } from "./debian.ts";

const SKIPPED = hasPgBouncer ? "" : " – SKIPPED: needs Debian's pgbouncer";

describe.skipIf(!hasPgBouncer)(`through PgBouncer in transaction mode${SKIPPED}`, () => {
  let database: TestDatabase;
  let folder: string;
  let bouncer: ChildProcess;
  let closed: Promise<void>;
  let url: URL;
  const opened: Sql[] = [];

  beforeAll(async () => {
    database = await createTestDatabase();
    await database.sql.unsafe("alter role notifier login password 'notifier'");
    const server = new URL(database.url);
    folder = await mkdtemp(path.join(tmpdir(), "chat-notifications-pgbouncer-"));
    await chmod(folder, 0o755);
    const port = await findFreePort();
    await writeFile(path.join(folder, "users.txt"), '"notifier" "notifier"\n');
    await writeFile(path.join(folder, "pgbouncer.ini"), [
      "[databases]", `* = host=127.0.0.1 port=${server.port}`, "[pgbouncer]", "listen_addr = 127.0.0.1", `listen_port = ${port}`, "unix_socket_dir =",
      // Two servers for more clients than that: who assumes a session of its own is found out.
      "auth_type = plain", `auth_file = ${folder}/users.txt`, "pool_mode = transaction", "default_pool_size = 2", "ignore_startup_parameters = extra_float_digits",
    ].join("\n"));
    const asRoot = process.getuid?.() === 0 ? ["-u", "nobody"] : [];
    bouncer = spawn(PGBOUNCER, [...asRoot, path.join(folder, "pgbouncer.ini")], { stdio: "ignore" });
    closed = new Promise((resolve) => bouncer.once("close", () => resolve()));
    url = Object.assign(new URL(database.url), { port: String(port), username: "notifier", password: "notifier" });
    await until("PgBouncer", () => connect()`select 1`.then(() => true, () => false));
  });
  afterAll(async () => {
    await Promise.all(opened.map((sql) => sql.end({ timeout: 1 })));
    bouncer?.kill("SIGTERM");
    await closed;
    await rm(folder, { recursive: true, force: true });
    await database?.drop();
  });

  /** As an edge function connects. */
  function connect(): Sql {
    const sql = postgres(url.href, { max: 1, prepare: false, onnotice() {} }) as unknown as Sql;
    opened.push(sql);
    return sql;
  }

  test("six processors of one connection each tell everybody once", async () => {
    const people = await addPeople(database.sql, 300);
    const events = await Promise.all([0, 1, 2].map(() => addEvent(database.sql, { participants: people, window: 0 })));
    for (const event of events) await post(database.sql, event, people[0]!, `Through the pool, about ${event}.`);
    const { deps, simulator } = createDelivery(database.sql, () => later(60));
    await Promise.all(
      Array.from({ length: 6 }, () => drain({ ...deps, database: createPostgresDatabase(connect(), { deploymentUrl: TEST_DEPLOYMENT, asOf: () => later(60) }) }, 50)),
    );
    const told = simulator.accepted.all().flatMap(({ wire }) => events.filter((event) => String(wire.text).includes(event)).map((event) => `${String(wire.to)} ${event}`));
    expect(told).toHaveLength(299 * 3);
    expect(new Set(told).size).toBe(299 * 3);
  });

  test("health, heartbeats and counting work through it", async () => {
    const operations = createPostgresOperations(connect(), { deploymentUrl: TEST_DEPLOYMENT });
    await operations.beat({ id: "pooled", kind: "schedule", version: "test" });
    await operations.rollUp();
    await operations.checkAlerts();
    expect((await operations.health()).details.due).toBe(0);
  });

  test("a worker's address with prepare=false works, prepared statements would not", async () => {
    url.searchParams.set("prepare", "false");
    const worker = postgres(url.href, { max: 4, onnotice() {} });
    opened.push(worker as unknown as Sql);
    const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => worker<[{ n: number }]>`select ${i}::int as n`));
    expect(answers.map(([{ n }]) => n)).toEqual(Array.from({ length: 20 }, (_, i) => i));
    expect(worker.options.prepare).toBe(false);
  });
});
