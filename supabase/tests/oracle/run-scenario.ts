import type { ReservedSql } from "postgres";
import type { TestDatabase } from "../harness/test-database.ts";
import { createActs, type Acts } from "./acts.ts";
import { readLetter } from "./delivered-letter.ts";
import { emptiesWhatIsEmptyNow } from "./empty-again.ts";
import { findBrokenInvariants } from "./invariants.ts";
import { judge } from "./judge.ts";
import { createMoments } from "./moments.ts";
import { populate } from "./populate.ts";
import { createProcessors, type Processors } from "./processors.ts";
import { installRunClock, type RunClock } from "./run-clock.ts";
import type { Operation, Scenario } from "./scenario.ts";
import { createUnreliableProvider, type UnreliableProvider } from "./unreliable-provider.ts";

const HOUR = 3600;
/** Retries first, then every digest there is; never a day at once, which would put things off again. */
const LAST_WAITS = [3, 130, HOUR, 2 * HOUR, ...Array.from({ length: 4 }, () => 13 * HOUR)];
const WAITS_FOR_WEEKLY = Array.from({ length: 12 }, () => 13 * HOUR);

/** Runs scenarios one after another, each in an emptied database; says everything that was wrong in one. */
export interface ScenarioRunner {
  run(scenario: Scenario): Promise<string[]>;
}

export async function createScenarioRunner(database: TestDatabase): Promise<ScenarioRunner> {
  const { sql } = database;
  const clock = await installRunClock(sql);
  const empty = await emptiesWhatIsEmptyNow(sql);
  const processors = Array.from({ length: 3 }, () => database.connect({ max: 1 }));
  const writers = database.connect({ max: 3 });
  const slots = await Promise.all(Array.from({ length: 3 }, () => writers.reserve()));

  return {
    async run(scenario) {
      await Promise.all(slots.map((slot) => slot.unsafe("rollback")));
      await empty();
      await clock.set(Date.parse(scenario.begins));
      const settings = ["reset all", ...scenario.planner.split(" ").filter(Boolean).map((method) => `set enable_${method} = off`)];
      await Promise.all(processors.map((processor) => processor.unsafe(settings.join("; "))));
      const { history, organizations } = await populate(sql, scenario, clock.now());
      const moments = createMoments();
      const unreliable = createUnreliableProvider(clock.now);
      const run: Run = {
        clock,
        unreliable,
        acts: createActs(sql, slots, organizations, history, moments, clock),
        processors: createProcessors(processors, history, moments, clock, unreliable),
      };
      for (const operation of scenario.operations) await perform(run, operation);
      await endEverything(run, slots, wantsWeekly(scenario) ? [...LAST_WAITS, ...WAITS_FOR_WEEKLY] : LAST_WAITS);
      const delivered = unreliable.accepted().map((email) => readLetter(email, history));
      const failed = history.requests.filter(({ outcome }) => outcome !== "accepted").length;
      const unasked = failed > unreliable.failed() ? [`${failed} requests failed, not ${unreliable.failed()}`] : [];
      return [...unasked, ...judge(history, delivered), ...(await findBrokenInvariants(sql))];
    },
  };
}

interface Run {
  clock: RunClock;
  unreliable: UnreliableProvider;
  acts: Acts;
  processors: Processors;
}

async function perform({ clock, unreliable, acts, processors }: Run, operation: Operation): Promise<void> {
  // No two operations at the same time, so that what came first is never in question.
  await clock.set(clock.now() + 1);
  switch (operation.do) {
    case "wait":
      return clock.set(clock.now() + operation.seconds * 1000);
    case "write":
      return acts.write(operation.transaction, operation.post);
    case "finish":
      return acts.finish(operation.transaction, operation.commit);
    case "fail":
      return unreliable.fail(operation.faults);
    case "resume":
      return processors.resume();
    case "together":
      return processors.together(
        operation.processors,
        operation.batch,
        operation.page,
        operation.acts.map((act) => () => (act.do === "finish" ? acts.finish(act.transaction, act.commit) : acts.perform(act, true))),
      );
    case "drain":
    case "settle":
    case "fan out":
    case "pass":
    case "stall":
      return processors.perform(operation);
    default:
      return acts.perform(operation);
  }
}

function wantsWeekly({ operations }: Scenario): boolean {
  const acts = operations.flatMap((operation) => (operation.do === "together" ? operation.acts : [operation]));
  return acts.some((act) => act.do === "wish" && act.wishes.delivery === "weekly");
}

/** All transactions commit, the provider works, and time goes on until nothing can be waiting any more. */
async function endEverything(run: Run, slots: ReservedSql[], waits: number[]): Promise<void> {
  run.unreliable.heal();
  for (const transaction of slots.keys()) await perform(run, { do: "finish", transaction, commit: true });
  await run.processors.resume({ abandon: true });
  for (const seconds of waits) {
    await perform(run, { do: "wait", seconds });
    await perform(run, { do: "drain" });
  }
}
