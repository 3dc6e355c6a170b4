import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { health, type HealthDeps } from "./health.ts";
import type { DatabaseHealth } from "./operations-database.ts";
import { SCHEMA_VERSION } from "./schema-version.ts";

const WELL: DatabaseHealth = { status: "ok", reasons: [], details: { schema_version: SCHEMA_VERSION, due: 3 } };

/** A health function over a database that answers so, to a caller who shows the key. */
async function ask(answer: () => Promise<DatabaseHealth>, { trusted = true, took = 5, method = "GET" } = {}) {
  const times = [0, took];
  const deps: HealthDeps = {
    operations: { health: answer },
    isTrusted: () => trusted,
    now: () => times.shift()!,
    // Patience ends after whatever the database takes at once.
    sleep: (_ms, signal) => delay(10, undefined, { signal }).catch(() => {}),
  };
  const response = await health(new Request("http://localhost/functions/v1/send-chat-notifications/health", { method }), deps);
  return { status: response.status, body: await response.json() };
}

test("everybody learns the status, who shows the key the reasons and details too", async () => {
  expect(await ask(async () => WELL, { trusted: false })).toEqual({ status: 200, body: { status: "ok" } });
  expect(await ask(async () => WELL)).toEqual({ status: 200, body: { ...WELL, details: { ...WELL.details, database_ms: 5 } } });
});

test("degraded is 200, so that nothing is restarted for it; down is 503", async () => {
  expect((await ask(async () => ({ ...WELL, status: "degraded", reasons: ["paused"] }))).status).toBe(200);
  expect((await ask(async () => ({ ...WELL, status: "down", reasons: ["no_processor"] }))).status).toBe(503);
});

test("a database that is away, refuses or hangs is down, with a reason and no message of its own", async () => {
  const refuses = Object.assign(new Error("password authentication failed for user notifier"), { code: "28P01" });
  for (const answer of [() => Promise.reject(refuses), () => new Promise<never>(() => {})]) {
    expect(await ask(answer)).toEqual({ status: 503, body: { status: "down", reasons: ["database_unreachable"], details: { database_ms: 5 } } });
  }
});

test("a slow database degrades, a schema two versions off is down, one version off is not", async () => {
  expect((await ask(async () => WELL, { took: 1500 })).body).toMatchObject({ status: "degraded", reasons: ["database_slow"] });
  const withVersion = (version: number) => ask(async () => ({ ...WELL, details: { schema_version: version } }));
  expect((await withVersion(SCHEMA_VERSION + 1)).status).toBe(200);
  expect(await withVersion(SCHEMA_VERSION + 2)).toMatchObject({ status: 503, body: { reasons: ["schema_version"] } });
});

test("it is asked with GET", async () => {
  expect((await ask(async () => WELL, { method: "POST" })).status).toBe(405);
});
