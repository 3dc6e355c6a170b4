import { type ChildProcess, spawn } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { withLogin } from "../apps/local/src/login-roles.ts";
import { createResendSimulator } from "../packages/resend-simulator/src/simulator.ts";
import { createTestDatabase, type TestDatabase } from "../supabase/tests/harness/test-database.ts";
import { addEvent, addPeople, createDelivery, drain, later, post, TEST_DEPLOYMENT } from "../supabase/tests/harness/world.ts";
import { until } from "./harness/until.ts";

const WORKER = path.join(import.meta.dirname, "../apps/worker/src/main.ts");
const simulator = createResendSimulator({ requestsPerSecond: null });
let database: TestDatabase;
let login: string;
let worker: ChildProcess;
let log = "";

/** The provider's door: holds the first request until the test lets it in. */
let letIn: () => void;
const waiting = new Promise<void>((resolve) => (letIn = resolve));
let arrived: () => void;
const firstRequest = new Promise<void>((resolve) => (arrived = resolve));
const door = createServer(async (incoming, outgoing) => {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  arrived();
  await waiting;
  const headers = new Headers(Object.entries(incoming.headers) as [string, string][]);
  const answer = await simulator.fetch(new Request(`http://resend.test${incoming.url}`, { method: incoming.method!, headers, ...(chunks.length > 0 && { body: Buffer.concat(chunks) }) }));
  outgoing.writeHead(answer.status, Object.fromEntries(answer.headers)).end(await answer.text());
});

beforeAll(async () => {
  database = await createTestDatabase();
  login = `frozen_${new URL(database.url).pathname.slice(6, 22)}`;
  await database.sql.unsafe(`create role ${login} login password 'frozen' in role notifier`);
  await new Promise<void>((resolve) => door.listen(0, "127.0.0.1", resolve));
  worker = spawn(process.execPath, ["--import", "tsx", WORKER], {
    cwd: path.join(import.meta.dirname, ".."),
    env: {
      ...process.env, ALLOW_PLAINTEXT: "true", DATABASE_URL: withLogin(database.url, login, "frozen"), SUPABASE_URL: TEST_DEPLOYMENT, RESEND_API_KEY: "re_test",
      RESEND_BASE_URL: `http://127.0.0.1:${(door.address() as AddressInfo).port}`, UNSUBSCRIBE_KEYS: "a_key_of_the_tests_that_is_long_enough",
    },
    stdio: ["ignore", "ignore", "pipe"],
  });
  worker.stderr!.setEncoding("utf8").on("data", (text: string) => (log += text));
  await until("the worker to start", () => {
    if (worker.exitCode !== null) throw new Error(`The worker did not start: ${log}`);
    return log.includes("worker_started");
  });
});
afterAll(async () => {
  worker.kill("SIGKILL");
  door.close();
  await database.sql.unsafe(`drop role ${login}`);
  await database.drop();
});

test("a worker that is stopped past its lease with a request under way: health and an alert say so, another one takes over, and its late request doubles nothing", async () => {
  const { sql } = database;
  const people = await addPeople(sql, 3);
  await post(sql, await addEvent(sql, { participants: people, window: 0 }), people[0]!, "Still there?");
  await firstRequest;
  worker.kill("SIGSTOP");

  const at = later(700);
  const [{ health } = { health: null }] = await sql`select private.health(${at}) as health`;
  expect(health).toMatchObject({ status: "down", reasons: ["no_processor"] });
  await sql`select private.check_alerts(${at})`;
  expect([...(await sql`select name from private.alerts where closed_at is null`)]).toEqual([{ name: "schedule_dead" }]);

  await drain(createDelivery(sql, () => at, simulator).deps);
  const accepted = () => simulator.accepted.all().map(({ wire }) => [wire.to].flat().join()).sort();
  expect(accepted()).toEqual(["user2@example.com", "user3@example.com"]);

  letIn();
  worker.kill("SIGCONT");
  await until("the worker to hear that its letters had gone", () => log.includes("dispatch_sent"));
  expect(accepted()).toEqual(["user2@example.com", "user3@example.com"]);
  expect([...(await sql`select status, count(*)::int from public.emails group by status`)]).toEqual([{ status: "sent", count: 2 }]);
  await post(sql, await addEvent(sql, { title: "Afterwards", participants: people, window: 0 }), people[0]!, "And on it goes.");
  await until("the worker to go on", () => accepted().length === 4);
});
