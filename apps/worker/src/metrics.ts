import type { Log } from "@chat-notifications/core/deliver-dispatch.ts";
import type { Operations } from "@chat-notifications/core/operations-database.ts";
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from "prom-client";

export interface Metrics {
  /** GET /metrics. Prometheus' text format; 503 while the database does not answer. */
  respond(): Promise<Response>;
  /** Counts what passes through, then logs it. */
  counting(log: Log): Log;
}

const PREFIX = "chat_notifications_";
/** Names, labels and meaning of what comes from the database: docs/operations.md lists the same. */
export const DATABASE_METRICS: Record<string, { help: string; labels: string[] }> = {
  due_notifications: { help: "Notifications due and unsent, counted to 100000.", labels: [] },
  oldest_due_seconds: { help: "How long the oldest of them has been due.", labels: [] },
  letters_in_flight: { help: "Letters at the provider or waiting for another attempt.", labels: [] },
  letters_last_hour: { help: "Letters of the last hour by outcome.", labels: ["outcome"] },
  delay_seconds: { help: "Delays of the last hour.", labels: ["measure", "quantile"] },
  breaker_open: { help: "1 while a circuit breaker lets nothing out.", labels: ["breaker"] },
  quota_used: { help: "Letters accepted this UTC day and month.", labels: ["period"] },
  quota_limit: { help: "What the provider's plan allows, where it is set.", labels: ["period"] },
  alert_open: { help: "1 while an alert is open.", labels: ["alert"] },
  dead_letters: { help: "Letters that wait for an operator.", labels: [] },
  processors_alive: { help: "Processors that spoke within silent_after_seconds.", labels: [] },
  schema_version: { help: "Version of the database's functions.", labels: [] },
};

/** Numbers of this process, and of the whole system as the database counts it. */
export function createMetrics(operations: Pick<Operations, "metrics">): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: PREFIX });
  const registers = [registry];
  const gauges = Object.fromEntries(
    Object.entries(DATABASE_METRICS).map(([name, { help, labels }]) => [name, new Gauge({ name: PREFIX + name, help, labelNames: labels, registers })]),
  );
  const dispatches = new Counter({ name: `${PREFIX}dispatches_total`, help: "Dispatches this process sent, by outcome.", labelNames: ["outcome"], registers });
  const letters = new Counter({ name: `${PREFIX}letters_sent_total`, help: "Letters this process sent.", registers });
  const requests = new Histogram({
    name: `${PREFIX}provider_request_seconds`,
    help: "How long the provider took to answer.",
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers,
  });

  return {
    async respond() {
      try {
        const found = await operations.metrics();
        for (const gauge of Object.values(gauges)) gauge.reset();
        for (const { name, labels, value } of found) gauges[name]?.set(labels, value);
      } catch {
        return new Response("The database does not answer.\n", { status: 503 });
      }
      return new Response(await registry.metrics(), { headers: { "content-type": registry.contentType } });
    },
    counting: (log) => (level, event, fields) => {
      if (event === "dispatch_sent" || event === "dispatch_not_accepted") {
        dispatches.inc({ outcome: event === "dispatch_sent" ? "accepted" : String(fields?.outcome) });
        if (event === "dispatch_sent") letters.inc(Number(fields?.letters));
        if (typeof fields?.request_ms === "number") requests.observe(fields.request_ms / 1000);
      }
      log(level, event, fields);
    },
  };
}
