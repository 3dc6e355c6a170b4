import { createAcceptLetters } from "./accept-letters.ts";
import { createAdmin } from "./admin/admin.ts";
import { createAgenda, type SetTimer } from "./agenda.ts";
import { type Bindings, createApp } from "./app.ts";
import { inTurn } from "./call.ts";
import { createFateDecision } from "./decide-fate.ts";
import { createFates, type LetterEvent } from "./fate.ts";
import { createFaultRules, type FaultRules } from "./faults/fault-rules.ts";
import type { FaultSpec } from "./faults/parse-fault.ts";
import { createIdempotencyKeys } from "./idempotency-keys.ts";
import { createLedger, type Ledger } from "./ledger.ts";
import { createLetterEvents } from "./letter-events.ts";
import { createPipeline } from "./pipeline.ts";
import { createQuota } from "./quota.ts";
import { createSeededRandom } from "./random.ts";
import { createRateWindow } from "./rate-window.ts";
import { restoreLedger } from "./restore-ledger.ts";
import type { ResendSimulatorOptions } from "./simulator-options.ts";
import { createSuppressions, type Suppressions } from "./suppressions.ts";
import { postWithFetch, postWithNode } from "./webhooks/post-webhook.ts";
import { createWebhookDeliveries, resendRetryGapsMs, type DeliveryCounts } from "./webhooks/webhook-deliveries.ts";
import { createWebhookEndpoints, type WebhookEndpoints } from "./webhooks/webhook-endpoints.ts";

export type { ResendSimulatorOptions } from "./simulator-options.ts";

export interface ResendSimulator {
  /**
   * Handles one HTTP request: the API, the mailbox at `{basePath}/mailbox`, the admin API. A dropped connection
   * rejects as fetch does (`TypeError: fetch failed`), or with `@hono/node-server`'s bindings breaks the real one.
   */
  fetch(request: Request, bindings?: Bindings): Promise<Response>;
  /** What was really accepted, in order. */
  readonly accepted: Ledger;
  readonly suppressions: Suppressions;
  readonly faults: FaultRules;
  readonly webhooks: {
    readonly endpoints: WebhookEndpoints;
    readonly counts: DeliveryCounts;
    /** Events, attempts and retries still to come. */
    readonly planned: number;
    /** Lets everything that is planned happen now, and waits until the attempts this makes are over; retries stay planned. */
    flush(): Promise<void>;
  };
  /** Lets something happen to a letter now, such as a complaint a week later; null when it is not kept. */
  happen(id: string, event: Omit<LetterEvent, "afterMs">): LetterEvent | null;
  /** Brings about everything that is planned, in the order of its time; `moveTo` must move the clock forward to a moment. */
  settle(moveTo: (at: number) => void): Promise<void>;
  /** All chance begins again from this seed. */
  reseed(seed: string | number): void;
  /** Forgets everything: e-mails, counters, keys, rate window, quotas, suppressions, plans, faults and added endpoints. */
  reset(): void;
}

/** Resend's HTTP contract in memory, for development, tests and benchmarks. */
export function createResendSimulator(options: ResendSimulatorOptions = {}): ResendSimulator {
  const now = options.now ?? Date.now;
  const wait = options.wait ?? ((ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)));
  const randomUUID = options.randomUUID ?? (() => crypto.randomUUID());
  const { latencyMs = 0, ledgerFile = null, keepAll = false, fate = {}, webhooks = {} } = options;
  const bound = (limit: number | undefined, otherwise: number) => limit ?? (keepAll ? Infinity : otherwise);

  const random = createSeededRandom(String(options.seed ?? ""));
  const agenda = createAgenda(now, options.setTimer === undefined ? (options.now ? null : timer) : options.setTimer);
  const rateWindow = createRateWindow(options.requestsPerSecond === undefined ? 10 : options.requestsPerSecond, now);
  const quota = createQuota({ daily: options.dailyQuota ?? null, monthly: options.monthlyQuota ?? null }, now);
  const idempotencyKeys = createIdempotencyKeys(bound(options.maxIdempotencyKeys, 20_000), now);
  const ledger = createLedger({ maxEmails: bound(options.maxEmails, 10_000), maxBytes: bound(options.maxBytes, 200_000_000) });
  const fateOf = createFates(fate.deliverAfterMs ?? 1000);

  const delivered = new Set<string>();
  const endpoints = createWebhookEndpoints(webhooks.endpoints ?? [], now);
  const deliveries = createWebhookDeliveries({
    endpoints,
    agenda,
    options: {
      retryGapsMs: resendRetryGapsMs,
      duplicateRate: 0,
      reorderRate: 0,
      maxDelayMs: 5000,
      timeoutMs: 15_000,
      maxInFlight: 16,
      ...webhooks,
      maxPending: bound(webhooks.maxPending, 100_000),
    },
    post: options.fetch ? postWithFetch(options.fetch) : postWithNode(),
    now,
    random: random.stream("webhooks"),
    onDelivered: (id) => ledgerFile?.append({ webhookDelivered: id }),
  });
  const suppressions = createSuppressions({
    now,
    randomUUID,
    onChange(change, suppression) {
      ledgerFile?.append(change === "added" ? { suppressed: suppression } : { unsuppressed: suppression.id });
      letterEvents.tellSuppression(change, suppression);
    },
  });
  const letterEvents = createLetterEvents({
    agenda,
    endpoints,
    deliveries,
    suppressions,
    now,
    tagsForm: webhooks.tags ?? "map",
    isDelivered: (id) => delivered.has(id),
  });
  const decideFate = createFateDecision({
    rates: { bounceRate: 0, softBounceRate: 0, complaintRate: 0, delayRate: 0, failRate: 0, ...fate },
    testDomain: fate.testDomain ?? "simulator.test",
    suppressions,
    random: random.stream("fate"),
  });
  if (ledgerFile)
    restoreLedger(ledgerFile, { ledger, idempotencyKeys, quota, suppressions, letterEvents, fateOf, delivered, now });

  const faults = createFaultRules({ random: random.stream("faults"), wait });
  const [planted, code] = isRules(options.faults) ? [options.faults, null] : [[], options.faults ?? null];
  for (const fault of planted) faults.add(fault);
  const acceptLetters = createAcceptLetters({
    quota,
    ledger,
    ledgerFile,
    keepContentOf: options.keepContentOf ?? Infinity,
    decideFate,
    fateOf,
    letterEvents,
    now,
    randomUUID,
    onAccepted: options.onAccepted ?? (() => {}),
  });
  const pipeline = createPipeline({
    apiKeys: options.apiKeys ? new Map(Object.entries(options.apiKeys)) : null,
    rateWindow,
    quota,
    idempotencyKeys,
    acceptLetters,
    faults: code ? inTurn(code, faults.points) : faults.points,
    work: () => (latencyMs > 0 ? wait(latencyMs) : undefined),
    now,
  });

  const simulator: Omit<ResendSimulator, "fetch"> = {
    accepted: ledger,
    suppressions,
    faults,
    webhooks: {
      endpoints,
      get counts() {
        return deliveries.counts;
      },
      get planned() {
        return agenda.size;
      },
      async flush() {
        agenda.runPlanned();
        agenda.runDue();
        await deliveries.idle();
      },
    },
    happen(id, event) {
      const email = ledger.get(id);
      if (!email) return null;
      const happened = letterEvents.happen(email, event);
      ledgerFile?.append({ happened: { email: id, event: happened } });
      return happened;
    },
    async settle(moveTo) {
      for (;;) {
        await deliveries.idle();
        const { next } = agenda;
        if (next === null) return;
        if (next > now()) moveTo(next);
        agenda.runDue();
      }
    },
    reseed: (seed) => random.reseed(String(seed)),
    reset() {
      ledgerFile?.append({ reset: true });
      delivered.clear();
      for (const part of [agenda, faults]) part.clear();
      for (const part of [ledger, idempotencyKeys, rateWindow, quota, suppressions, endpoints, deliveries]) part.reset();
      for (const fault of planted) faults.add(fault);
    },
  };
  const { admin = false } = options;
  const adminApp = admin === false ? null : createAdmin({ token: admin === true ? null : admin.token, faults, simulator, now });
  const app = createApp({
    basePath: options.basePath ?? "",
    pipeline,
    ledger,
    suppressions,
    endpoints,
    admin: adminApp,
    now,
    randomUUID,
  });
  return Object.assign(simulator, {
    fetch(request: Request, bindings?: Bindings) {
      agenda.runDue();
      return app(request, bindings);
    },
  });
}

function isRules(faults: ResendSimulatorOptions["faults"]): faults is readonly FaultSpec[] {
  return Array.isArray(faults);
}

const timer: SetTimer = (ms, run) => {
  const handle = setTimeout(run, ms);
  // What is planned must not keep a process alive.
  handle.unref();
  return () => clearTimeout(handle);
};
