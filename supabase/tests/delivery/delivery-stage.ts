import type { Sql } from "postgres";
import type { CreateRenderer, DeliveryDeps } from "../../../packages/core/src/deliver-dispatch.ts";
import { processPass, type PassResult } from "../../../packages/core/src/process-pass.ts";
import type { FaultSpec } from "../../../packages/resend-simulator/src/faults/parse-fault.ts";
import { createResendSimulator, type ResendSimulator, type ResendSimulatorOptions } from "../../../packages/resend-simulator/src/simulator.ts";
import { lettersOf } from "../concurrency/post-office.ts";
import type { TestDatabase } from "../harness/test-database.ts";
import { addEvent, addPeople, createDelivery, drain, post } from "../harness/world.ts";

/** A Tuesday's noon: half a day to midnight UTC, half a month to the month's end. */
const NOON = Date.parse("2030-01-15T12:00:00Z");

export interface SentRequest {
  key: string | null;
  body: string;
}

export interface Stage {
  sql: Sql;
  simulator: ResendSimulator;
  event: string;
  /** `user1`, who writes; the readers follow as `user2` …, then the operator. */
  people: string[];
  asOperator: Sql;
  /** Every request to send, in order. */
  requests: SentRequest[];
  /** The database's and the provider's clock. */
  now(): Date;
  /** Makes time pass. */
  wait(seconds: number): void;
  waitUntil(moment: string): void;
  fault(spec: FaultSpec): void;
  /** A message of user1's that is due to everybody else now; returns its id. */
  tell(body: string): Promise<string>;
  /** A processor with the rights of notifier; each has its own connections. */
  worker(changes?: Partial<Pick<DeliveryDeps, "createRenderer" | "random" | "provider">>): DeliveryDeps;
  /** One pass of the first worker, or of another one. */
  pass(worker?: DeliveryDeps): Promise<PassResult>;
  drain(worker?: DeliveryDeps): Promise<number>;
  /** Which of the messages told so far the accepted letters tell: `{ user2: ["alpha"] }`. */
  letters(): Record<string, string[]>;
  /** What became of a reader's notifications, oldest first: status, reason, and their e-mail's status. */
  fate(reader: number): Promise<string[]>;
}

/** Some readers of one event, delivery on a clock of the test's own, and a provider that fails on demand. */
export async function createStage(
  database: TestDatabase,
  { readers = 1, simulator: options = {} }: { readers?: number; simulator?: ResendSimulatorOptions } = {},
): Promise<Stage> {
  const { sql } = database;
  let now = NOON;
  const clock = () => new Date(now);
  const requests: SentRequest[] = [];
  const simulator = createResendSimulator({ requestsPerSecond: null, now: () => now, keepAll: true, ...options });
  const recording: ResendSimulator = {
    ...simulator,
    async fetch(request) {
      if (request.method === "POST") requests.push({ key: request.headers.get("idempotency-key"), body: await request.clone().text() });
      return simulator.fetch(request);
    },
  };
  const people = await addPeople(sql, readers + 2);
  await sql`insert into private.operators (user_id) values (${people.at(-1)!})`;
  const event = await addEvent(sql, { participants: people.slice(0, -1), window: 0 });
  const told: string[] = [];
  const worker: Stage["worker"] = (changes = {}) => ({
    ...createDelivery(database.connectAs("notifier", null, { max: 4 }), clock, recording).deps,
    ...changes,
  });
  const first = worker();
  return {
    sql, simulator, event, people, requests, worker,
    asOperator: database.connectAs("authenticated", people.at(-1)!, { max: 2 }),
    now: clock,
    wait: (seconds) => void (now += seconds * 1000),
    waitUntil: (moment) => void (now = Date.parse(moment)),
    fault: (spec) => void simulator.faults.add(spec),
    async tell(body) {
      told.push(body);
      const id = await post(sql, event, people[0]!, body);
      while ((await first.database.settleBursts()) + (await first.database.continueFanOut()) > 0);
      // The trigger has the real clock, the stage another one: due now, not for years.
      await sql`update public.notifications set scheduled_for = ${clock()} where status = 'pending' and scheduled_for < ${clock()} and updated_at < ${clock()}`;
      return id;
    },
    pass: (by = first) => processPass(by, 100),
    drain: (by = first) => drain(by),
    letters: () => lettersOf(simulator.accepted.all().map(({ wire }) => wire), told),
    async fate(reader) {
      const rows = await sql<{ fate: string }[]>`
        select concat_ws(' ', n.status, n.reason, '/ ' || e.status) as fate
        from public.notifications n left join public.emails e on e.id = n.email_id
        where n.user_id = ${people[reader - 1]!} order by n.id`;
      return rows.map(({ fate }) => fate);
    },
  };
}

/** Renders like the templates of a later version: the same facts, other bytes. */
export function laterTemplates({ createRenderer }: { createRenderer: CreateRenderer }): CreateRenderer {
  return (facts) => {
    const render = createRenderer(facts);
    return (letter) => {
      const rendered = render(letter);
      return { ...rendered, subject: `${rendered.subject} (new layout)` };
    };
  };
}
