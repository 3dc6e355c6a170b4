import type { Victim } from "./victim.ts";

/** So many processes of one kind: who ends is replaced. */
export interface Crew {
  running(): readonly Victim[];
  /** How many ended although nobody killed them. */
  crashes(): number;
  /** Replaces those that have begun no step for so long; returns how many. A supervisor's health check would. */
  replaceSilent(ms: number): number;
  /** The next replacement comes only after so long. */
  delayNext(ms: number): void;
  /** Ends all, for good. */
  dismiss(): Promise<void>;
}

export interface CrewOptions {
  size: number;
  /** How many more wait with their modules loaded, so that a replacement works at once. */
  spares: number;
  spawn: () => Victim;
  onCrash: () => void;
}

/** Resolves when all have loaded and begun; rejects when one cannot. */
export async function hireCrew({ size, spares, spawn, onCrash }: CrewOptions): Promise<Crew> {
  const bench: Victim[] = [];
  let running: Victim[] = [];
  let crashes = 0;
  let delayMs = 0;
  let dismissed = false;

  const fillBench = () => {
    while (bench.length < spares) bench.push(spawn());
  };
  const hire = (): Victim => {
    const victim = bench.shift() ?? spawn();
    victim.start();
    running = [...running, victim];
    fillBench();
    void victim.ended.then(() => replace(victim));
    return victim;
  };
  const replace = (victim: Victim) => {
    running = running.filter((other) => other !== victim);
    if (dismissed) return;
    if (!victim.killed()) {
      crashes += 1;
      onCrash();
    }
    const afterMs = delayMs;
    delayMs = 0;
    setTimeout(() => dismissed || hire(), afterMs);
  };

  const first = Array.from({ length: size }, hire);
  await Promise.all(first.map(({ loaded }) => loaded)).catch((error: unknown) => {
    // The next one could not either.
    dismissed = true;
    throw error;
  });
  return {
    running: () => running,
    crashes: () => crashes,
    replaceSilent(ms) {
      const silent = running.filter((victim) => !victim.killed() && !victim.frozen() && victim.silentMs() > ms);
      for (const victim of silent) void victim.kill();
      return silent.length;
    },
    delayNext(ms) {
      delayMs = ms;
    },
    async dismiss() {
      dismissed = true;
      await Promise.all([...running, ...bench].map((victim) => victim.kill()));
    },
  };
}
