import type { Agenda } from "../agenda.ts";
import type { PostWebhook } from "./post-webhook.ts";
import { signWebhook } from "./sign-webhook.ts";
import type { WebhookEndpoint, WebhookEndpoints } from "./webhook-endpoints.ts";

/** Svix's waits after each failed attempt: at once, 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 10 h. */
export const resendRetryGapsMs: readonly number[] = [0, 5_000, 300_000, 1_800_000, 7_200_000, 18_000_000, 36_000_000, 36_000_000];

export interface DeliveryOptions {
  /** How long to wait before each further attempt, in ms; after the last one the delivery has failed. */
  readonly retryGapsMs: readonly number[];
  /** Share of deliveries that come once more with the same `svix-id`, 0–1. */
  readonly duplicateRate: number;
  /** Share that is held back for up to `maxDelayMs`, so that others overtake it, 0–1. */
  readonly reorderRate: number;
  readonly maxDelayMs: number;
  readonly timeoutMs: number;
  /** Attempts that run at the same time. */
  readonly maxInFlight: number;
  /** Deliveries that wait for their first success; what comes beyond that is only counted. */
  readonly maxPending: number;
}

/** `pending` wait for their first success; `repeats` are deliberate duplicates; `dropped` never had a chance. */
export interface DeliveryCounts {
  readonly pending: number;
  readonly attempts: number;
  readonly delivered: number;
  readonly repeats: number;
  readonly failed: number;
  readonly dropped: number;
}

interface Delivery {
  readonly endpoint: WebhookEndpoint;
  readonly id: string;
  readonly body: string;
  attempts: number;
  repeat: boolean;
}

export interface WebhookDeliveries {
  readonly counts: DeliveryCounts;
  /** Delivers one message to one endpoint at least once, as far as its retries reach. */
  deliver(endpoint: WebhookEndpoint, id: string, body: string): void;
  /** Resolves when no attempt runs or waits for its turn. */
  idle(): Promise<void>;
  reset(): void;
}

export function createWebhookDeliveries(parts: {
  readonly endpoints: WebhookEndpoints;
  readonly agenda: Agenda;
  readonly options: DeliveryOptions;
  readonly post: PostWebhook;
  readonly now: () => number;
  readonly random: () => number;
  readonly onDelivered: (id: string) => void;
}): WebhookDeliveries {
  const { endpoints, agenda, options, now, random } = parts;
  const none = { attempts: 0, delivered: 0, repeats: 0, failed: 0, dropped: 0 };
  let counts = { ...none };
  let pending = new Set<Delivery>();
  // A moving head: shifting a long array moves all of it.
  let turns: Delivery[] = [];
  let head = 0;
  let inFlight = 0;
  let waiting: (() => void)[] = [];

  const holdBack = () => (random() < options.reorderRate ? random() * options.maxDelayMs : 0);
  const plan = (delivery: Delivery, afterMs: number) => agenda.plan(now() + afterMs, () => takeTurn(delivery));

  function takeTurn(delivery: Delivery): void {
    turns.push(delivery);
    startNext();
  }

  function startNext(): void {
    while (inFlight < options.maxInFlight && head < turns.length) {
      const delivery = turns[head] as Delivery;
      head += 1;
      inFlight += 1;
      void attempt(delivery).finally(() => {
        inFlight -= 1;
        startNext();
      });
    }
    if (head < turns.length) return;
    turns = [];
    head = 0;
    if (inFlight > 0) return;
    for (const resolve of waiting) resolve();
    waiting = [];
  }

  async function attempt(delivery: Delivery): Promise<void> {
    const { endpoint, id, body, repeat } = delivery;
    const ownPending = pending;
    if (endpoints.get(endpoint.id) !== endpoint) return void ownPending.delete(delivery);
    counts.attempts += 1;
    const taken = await post(endpoint, id, body);
    if (ownPending !== pending) return; // reset meanwhile
    if (repeat) return;
    if (taken) {
      counts.delivered += 1;
      pending.delete(delivery);
      parts.onDelivered(id);
      if (random() >= options.duplicateRate) return;
      counts.repeats += 1;
      return plan({ ...delivery, repeat: true }, random() * options.maxDelayMs);
    }
    const gap = options.retryGapsMs[delivery.attempts];
    delivery.attempts += 1;
    if (gap !== undefined) return plan(delivery, gap);
    counts.failed += 1;
    pending.delete(delivery);
  }

  async function post(endpoint: WebhookEndpoint, id: string, body: string): Promise<boolean> {
    try {
      const headers = signWebhook(id, now(), body, endpoints.secretsOf(endpoint));
      return (await parts.post(endpoint.url, headers, body, options.timeoutMs)) === 200;
    } catch {
      return false;
    }
  }

  return {
    get counts() {
      return { pending: pending.size, ...counts };
    },
    deliver(endpoint, id, body) {
      if (pending.size >= options.maxPending) return void (counts.dropped += 1);
      const delivery: Delivery = { endpoint, id, body, attempts: 0, repeat: false };
      pending.add(delivery);
      plan(delivery, holdBack());
    },
    idle: () =>
      inFlight === 0 && head === turns.length ? Promise.resolve() : new Promise((resolve) => void waiting.push(resolve)),
    reset() {
      counts = { ...none };
      pending = new Set();
      turns = [];
      head = 0;
    },
  };
}
