import type { Metric } from "@chat-notifications/core/operations-database.ts";
import { afterEach, expect, test } from "vitest";
import { createMetrics } from "./metrics.ts";
import { serveStatus, type StatusServer } from "./serve-status.ts";
import type { HealthReport } from "@chat-notifications/core/health.ts";

let server: StatusServer | undefined;
afterEach(() => server?.close());

async function start({ reasons = [] as string[], token = null as string | null, databaseAway = false } = {}) {
  const down = reasons.length > 0;
  const report = async (): Promise<HealthReport> => ({ status: down ? "down" : "ok", reasons, details: {} });
  const metrics = createMetrics({
    metrics: async (): Promise<Metric[]> => {
      if (databaseAway) throw new Error("away");
      return [{ name: "breaker_open", labels: { breaker: "quota" }, value: 1 }, { name: "due_notifications", labels: {}, value: 7 }];
    },
  });
  server = await serveStatus({ report, metrics, token, port: 0, host: "127.0.0.1" });
  const { port } = server;
  const get = async (path: string, headers: Record<string, string> = {}) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { headers });
    return { status: response.status, text: await response.text() };
  };
  return { get, metrics };
}

test("live turns whatever the database does; ready and health say what is missing", async () => {
  const { get } = await start({ reasons: ["database_unreachable", "quota"] });
  expect((await get("/live")).status).toBe(200);
  expect(await get("/ready")).toEqual({ status: 503, text: JSON.stringify({ ready: false, missing: ["database_unreachable"] }) });
  expect((await get("/health")).status).toBe(503);
  expect((await get("/secrets")).status).toBe(404);
});

test("a processor that is not the only one is ready although another thing is down", async () => {
  const { get } = await start({ reasons: ["no_processor"] });
  expect((await get("/ready")).status).toBe(200);
});

test("with a token, strangers learn the status alone", async () => {
  const { get } = await start({ reasons: ["quota"], token: "a-token-of-16-chars" });
  expect((await get("/health")).text).toBe(JSON.stringify({ status: "down" }));
  expect((await get("/metrics")).status).toBe(401);
  expect((await get("/metrics", { authorization: "Bearer a-token-of-16-chars" })).status).toBe(200);
});

test("metrics has the system's numbers and this process's own, in Prometheus' format", async () => {
  const { get, metrics } = await start();
  const log = metrics.counting(() => {});
  log("info", "dispatch_sent", { letters: 100, request_ms: 300 });
  log("warn", "dispatch_not_accepted", { letters: 100, outcome: "ambiguous", request_ms: 30_000 });
  const { text } = await get("/metrics");
  for (const line of [
    'chat_notifications_breaker_open{breaker="quota"} 1', "chat_notifications_due_notifications 7", "chat_notifications_letters_sent_total 100",
    'chat_notifications_dispatches_total{outcome="ambiguous"} 1', 'chat_notifications_provider_request_seconds_bucket{le="0.5"} 1',
  ]) expect(text.split("\n")).toContain(line);
});

test("without the database there are no metrics rather than old ones", async () => {
  const { get } = await start({ databaseAway: true });
  expect((await get("/metrics")).status).toBe(503);
});
