import type { Sql } from "postgres";
import type { DeliveryDeps } from "../../../../packages/core/src/deliver-dispatch.ts";
import type { Provider } from "../../../../packages/core/src/provider.ts";
import type { FaultSpec } from "../../../../packages/resend-simulator/src/faults/parse-fault.ts";
import { createResendSimulator, type ResendSimulator } from "../../../../packages/resend-simulator/src/simulator.ts";
import type { TestDatabase } from "../../harness/test-database.ts";
import { addEvent, addPeople, createDelivery } from "../../harness/world.ts";
import { emptyDatabase } from "../empty-database.ts";

const NOON = Date.parse("2030-01-15T12:00:00Z");
const OPERATOR = "00000000-0000-4000-8000-000000000001";
export const READERS = 4;
export const EVENTS = 2;
export const WORKERS = 2;

/** What the provider does with the next request; `concurrent`: 409, the first one still runs. */
export type Misfortune = FaultSpec | { kind: "concurrent" };

export interface DeliverySystem {
  sql: Sql;
  asOperator: Sql;
  simulator: ResendSimulator;
  workers: DeliveryDeps[];
  /** Of this run: the author, then the readers. */
  people: string[];
  events: string[];
  now(): Date;
  wait(seconds: number): void;
  /** A worker's `work` while the provider does this to its next request. */
  under<Result>(misfortune: Misfortune | null, work: () => Promise<Result>): Promise<Result>;
  /** What the trigger and the preferences scheduled by the real clock is due by this one. */
  makeDue(): Promise<void>;
  /** An empty database and provider, at the same noon. */
  begin(): Promise<void>;
}

/** Two workers, a provider and a database on one clock, used again for one run of the model after another. */
export function createDeliverySystem(database: TestDatabase): DeliverySystem {
  const { sql } = database;
  let now = NOON;
  let concurrent = false;
  const clock = () => new Date(now);
  const simulator = createResendSimulator({ requestsPerSecond: null, now: () => now, keepAll: true });
  const delivery = (): DeliveryDeps => {
    const { deps } = createDelivery(database.connectAs("notifier", null, { max: 2 }), clock, simulator);
    const sendBatch: Provider["sendBatch"] = async (body, key, count) => {
      if (!concurrent) return deps.provider.sendBatch(body, key, count);
      const stillRuns = { outcome: "in_progress", reason: "concurrent_idempotent_requests", letterIndex: null, retryAfterMs: null } as const;
      return { ok: false, ...stillRuns, requestsPerSecond: null };
    };
    return { ...deps, provider: { ...deps.provider, sendBatch } };
  };
  const system: DeliverySystem = {
    sql, simulator,
    asOperator: database.connectAs("authenticated", OPERATOR, { max: 1 }),
    workers: Array.from({ length: WORKERS }, delivery),
    people: [],
    events: [],
    now: clock,
    wait: (seconds) => void (now += seconds * 1000),
    async under(misfortune, work) {
      concurrent = misfortune?.kind === "concurrent";
      if (misfortune !== null && misfortune.kind !== "concurrent") simulator.faults.add(misfortune);
      try {
        return await work();
      } finally {
        concurrent = false;
        simulator.faults.clear();
      }
    },
    async makeDue() {
      await sql`
        update public.notifications set scheduled_for = ${clock()}, created_at = ${clock()}
        where status = 'pending' and scheduled_for < ${new Date(NOON - 86_400_000 * 30)}`;
    },
    async begin() {
      now = NOON;
      simulator.reset();
      await emptyDatabase(sql);
      system.people = await addPeople(sql, READERS + 1);
      await sql`insert into auth.users (id, email) values (${OPERATOR}, 'operator@example.com')`;
      await sql`insert into private.operators (user_id) values (${OPERATOR})`;
      system.events = [];
      for (let i = 0; i < EVENTS; i += 1) {
        system.events.push(await addEvent(sql, { title: `Event ${i}`, participants: system.people, window: 0 }));
      }
    },
  };
  return system;
}
