import { setTimeout as wait } from "node:timers/promises";
import type { Crew } from "./crew.ts";
import type { MailSimulator } from "./mail-simulator.ts";
import { overtakeWorker } from "./overtake-worker.ts";
import type { ScratchDatabase } from "./scratch-database.ts";
import { type Step, STEPS } from "./steps.ts";
import type { Victim } from "./victim.ts";
import type { Watch } from "./watch.ts";

export interface KillerDeps {
  database: ScratchDatabase;
  simulator: MailSimulator;
  workers: Crew;
  /** Null: there are no webhooks in this run. */
  receivers: Crew | null;
  watch: Watch;
  random: () => number;
}

export interface KillerPlan {
  kills: number;
  /** Mean pause between two kills. */
  pauseMs: number;
  /** Every so many kills Postgres crashes, connections drop, a worker is overtaken, dispatches are dissolved. */
  crashEvery: number;
  dropEvery: number;
  overtakeEvery: number;
  dissolveEvery: number;
  /** Asked between kills. */
  enough: () => boolean;
}

export interface Deaths {
  kills: number;
  /** Only where the step was still under way when the process had died. */
  byStep: Record<Step, number>;
  /** Kills that hit a process between two steps. */
  between: number;
  dbRestarts: number;
  droppedConnections: number;
  overtakings: number;
}

/** Kills, one after the other, and lets the rest of the world break in between. `deaths` counts along. */
export function startKiller(deps: KillerDeps, plan: KillerPlan): { deaths: Deaths; done: Promise<void> } {
  const { database, simulator, workers, receivers, watch, random } = deps;
  const deaths: Deaths = {
    kills: 0,
    byStep: Object.fromEntries(STEPS.map((step) => [step, 0])) as Record<Step, number>,
    between: 0,
    dbRestarts: 0,
    droppedConnections: 0,
    overtakings: 0,
  };
  const steps = STEPS.filter((step) => step !== "webhook" || receivers !== null);
  let overtaking: Promise<void> | null = null;
  const passedOver = new Set<Step>();
  const spared = new Set<Victim>();
  let aliveAt = performance.now();

  /** The step with the fewest deaths; by chance among equals. Those that did not come up lately have to wait. */
  function chooseStep(): Step {
    if (passedOver.size === steps.length) passedOver.clear();
    const rest = steps.filter((step) => !passedOver.has(step));
    const fewest = Math.min(...rest.map((step) => deaths.byStep[step]));
    const candidates = rest.filter((step) => deaths.byStep[step] === fewest);
    return candidates[Math.floor(random() * candidates.length)]!;
  }

  async function killOne(): Promise<void> {
    const target = chooseStep();
    const afterMs = random() * 12;
    const moment = await watch.next(({ step, victim }) => step === target && !spared.has(victim), 1_500);
    if (moment === null) {
      passedOver.add(target);
      if (performance.now() - aliveAt > 120_000) throw new Error("For two minutes nobody has begun a step that could be killed.");
      return;
    }
    passedOver.clear();
    aliveAt = performance.now();
    if (afterMs > 4) await wait(afterMs - 4);
    // Some outages are longer: dispatches then have to be settled without webhooks.
    if (target === "webhook" && random() < 0.4) receivers?.delayNext(8_000 + random() * 7_000);
    const underWay = await moment.victim.kill();
    deaths.kills += 1;
    const died = underWay.find(({ number }) => number === moment.number) ?? underWay[0];
    if (died === undefined) deaths.between += 1;
    else deaths.byStep[died.step] += 1;
  }

  async function breakTheRest(): Promise<void> {
    const due = (every: number) => deaths.kills % every === 0;
    if (due(plan.crashEvery)) {
      await database.crash();
      deaths.dbRestarts += 1;
    }
    if (due(plan.dropEvery)) deaths.droppedConnections += await database.dropConnections(1 + Math.floor(random() * 3), random);
    // A refusal with a long pause: the next dispatch is dissolved and composed anew.
    if (due(plan.dissolveEvery)) await simulator.addFaults([{ kind: "rate_limited", retryAfter: 11, times: 1 }]);
    if (due(plan.overtakeEvery) && overtaking === null) {
      overtaking = overtakeWorker({ ...deps, spared }).then((came) => {
        overtaking = null;
        if (came) deaths.overtakings += 1;
      });
    }
  }

  async function run(): Promise<void> {
    while (deaths.kills < plan.kills && !plan.enough()) {
      await wait(random() * 2 * plan.pauseMs);
      const before = deaths.kills;
      await killOne();
      if (deaths.kills > before) await breakTheRest();
    }
    await overtaking;
    for (const worker of workers.running()) if (worker.frozen()) worker.thaw();
  }

  return { deaths, done: run() };
}
