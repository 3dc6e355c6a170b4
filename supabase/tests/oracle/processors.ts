import type { Sql } from "postgres";
import type { Dispatch } from "../../../packages/core/src/database.ts";
import { deliverDispatch, type DeliveryDeps } from "../../../packages/core/src/deliver-dispatch.ts";
import { createPostgresDatabase } from "../../../packages/core/src/postgres-database.ts";
import { madeProgress, processPass } from "../../../packages/core/src/process-pass.ts";
import type { SendOutcome } from "../../../packages/core/src/provider.ts";
import { createAppLinks } from "../../../packages/emails/src/letter-links.ts";
import { createLetterRenderer } from "../../../packages/emails/src/render-letter.ts";
import { TEST_DEPLOYMENT } from "../harness/world.ts";
import type { Attempt, History, Step } from "./history.ts";
import type { Moments } from "./moments.ts";
import type { RunClock } from "./run-clock.ts";
import type { Operation, Silence } from "./scenario.ts";
import type { UnreliableProvider } from "./unreliable-provider.ts";

type Processing = Extract<Operation, { do: "drain" | "settle" | "fan out" | "pass" | "stall" }>;

/** No request is on its way for longer: the last may begin 23 hours after the first, and keys are known for 24. */
const LONGEST_REQUEST_MS = 60 * 60_000;

/** Far more than any scenario needs, even with pages and batches of one. */
const MOST_PASSES = 300;

interface Stalled {
  since: number;
  goOn(arrives: boolean): Promise<unknown>;
  /** In the middle of its request: it has to end somehow. */
  sending: boolean;
}

async function drain(deps: DeliveryDeps, batchSize = 100): Promise<void> {
  for (let passes = 0; passes < MOST_PASSES; passes += 1) {
    if (!madeProgress(await processPass(deps, batchSize))) return;
  }
  throw new Error(`Still something due after ${MOST_PASSES} passes.`);
}

/** The processors of a run; they write down what they were given to send, and what came of each attempt. */
export function createProcessors(connections: Sql[], history: History, moments: Moments, clock: RunClock, unreliable: UnreliableProvider) {
  let stalled: Stalled[] = [];

  /** A letter that surely never left is composed afresh when it is old, as if the provider had refused it now. */
  function noteAbandoned(reader: number): void {
    const held = [...history.letters.values()].filter((letter) => letter.reader === reader && letter.attempts.every(({ outcome }) => outcome === "refused"));
    history.people[reader]!.refusals.push(...held.map(({ composed }) => ({ composed, at: clock.now() })));
  }

  function processor(index: number, pageSize = 10_000): DeliveryDeps {
    const database = createPostgresDatabase(connections[index]!, { deploymentUrl: TEST_DEPLOYMENT, asOf: () => new Date(clock.now()), pageSize });
    return {
      database: {
        ...database,
        // Who is told what is judged here; limits and breakers only delay it and have tests of their own.
        permitSending: async (letters) => ({ letters, retryInMs: null, reason: null }),
        returnPermission: async () => {},
        async getPendingNotifications(batchSize) {
          const { value: dispatches, span } = await moments.during(() => database.getPendingNotifications(batchSize));
          for (const letter of dispatches.flatMap(({ letters }) => letters)) {
            if (history.letters.has(letter.email_id)) continue;
            const reader = history.people.findIndex(({ id }) => id === letter.recipient.user_id);
            noteAbandoned(reader);
            const parts = letter.parts.map(({ event_id, count, shown }) => ({ event: event_id, count, shown }));
            history.letters.set(letter.email_id, { reader, parts, composed: span, at: clock.now(), attempts: [], held: [] });
          }
          return dispatches;
        },
      },
      noteRateLimit: () => {},
      provider: {
        ...unreliable.provider,
        async sendBatch(body, key, size) {
          // Nobody knows, as long as it has no answer.
          const attempt: Attempt = { at: clock.now(), outcome: "ambiguous", size };
          const sent = JSON.parse(typeof body === "string" ? body : new TextDecoder().decode(body)) as { tags: { value: string }[] }[];
          const letters = sent.map(({ tags }) => history.letters.get(tags[0]!.value)!);
          for (const letter of letters) letter.attempts.push(attempt);
          const outcome = await unreliable.provider.sendBatch(body, key, size);
          attempt.outcome = outcomeOf(outcome);
          history.requests.push(attempt);
          if (attempt.outcome === "refused") {
            for (const { reader, composed } of letters) history.people[reader]!.refusals.push({ composed, at: clock.now() });
          }
          return outcome;
        },
      },
      createRenderer: (facts) => createLetterRenderer(facts, createAppLinks(facts.urls)),
      random: () => 0.5,
      log: () => {},
    };
  }

  async function step(kind: Omit<Step, "span" | "at">, work: () => Promise<unknown>): Promise<void> {
    const at = clock.now();
    const { span } = await moments.during(work);
    history.steps.push({ ...kind, span, at });
  }

  async function stall(batch: number, where: Silence): Promise<void> {
    const deps = processor(0);
    const dispatches = await deps.database.getPendingNotifications(batch);
    for (const dispatch of dispatches) {
      stalled.push(where === "before sending" ? beforeRequest(dispatch, deps) : await inRequest(dispatch, deps, where === "arrived"));
    }
  }

  function beforeRequest(dispatch: Dispatch, deps: DeliveryDeps): Stalled {
    for (const { email_id } of dispatch.letters) history.letters.get(email_id)!.held.push(clock.now());
    return { since: clock.now(), sending: false, goOn: () => deliverDispatch(dispatch, deps) };
  }

  async function inRequest(dispatch: Dispatch, deps: DeliveryDeps, arrives: boolean): Promise<Stalled> {
    const gate = unreliable.hold(arrives);
    const delivery = deliverDispatch(dispatch, deps);
    await Promise.race([gate.stopped, delivery]);
    gate.letOthersPass();
    return {
      since: clock.now(),
      sending: true,
      goOn(arrives) {
        gate.open(arrives);
        return delivery;
      },
    };
  }

  return {
    async perform(operation: Processing): Promise<void> {
      switch (operation.do) {
        case "drain":
          return step({ settles: true, claims: true, complete: true, single: true }, () => drain(processor(0)));
        case "settle":
          return step({ settles: true, claims: false, complete: false, single: true }, () => processor(0).database.settleBursts());
        case "fan out":
          return step({ settles: false, claims: false, complete: false, single: true }, () => processor(0, operation.page).database.continueFanOut());
        case "pass":
          return step({ settles: true, claims: true, complete: false, single: true }, () => processPass(processor(0, operation.page), operation.batch));
        case "stall":
          return step({ settles: false, claims: true, complete: false, single: true }, () => stall(operation.batch, operation.where));
      }
    },
    /** Several at once, each until it finds nothing due, and others beside them. */
    together: (count: number, batch: number, page: number, others: (() => Promise<void>)[]) =>
      step({ settles: true, claims: true, complete: others.length === 0, single: false }, () =>
        Promise.all([
          ...connections.slice(0, count).map((_, index) => drain(processor(index, page), batch)),
          ...others.map((other) => other()),
        ]),
      ),
    /** Those who went silent wake up. `abandon`: only requests on their way still end. */
    async resume({ abandon = false } = {}): Promise<void> {
      const waking = stalled.filter(({ sending }) => sending || !abandon);
      stalled = [];
      for (const { since, goOn } of waking) await goOn(clock.now() - since < LONGEST_REQUEST_MS);
    },
  };
}

export type Processors = ReturnType<typeof createProcessors>;

function outcomeOf(outcome: SendOutcome): Attempt["outcome"] {
  if (outcome.ok) return "accepted";
  if (outcome.outcome === "rejected") return "rejected";
  if (["refused", "rate_limited", "quota_exceeded", "unauthorized"].includes(outcome.outcome)) return "refused";
  return "ambiguous";
}
