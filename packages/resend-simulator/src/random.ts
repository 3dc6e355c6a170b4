import { createHash } from "node:crypto";

/** Chance that repeats: one seed decides every number of every stream. */
export interface SeededRandom {
  /** Numbers from 0 (included) to 1 (excluded). Each name has its own, so that one user of chance does not disturb another. */
  stream(name: string): () => number;
  /** All streams begin again from this seed, those handed out before too. */
  reseed(seed: string): void;
}

export function createSeededRandom(seed: string): SeededRandom {
  const restarts: ((seed: string) => void)[] = [];
  let current = seed;
  return {
    stream(name) {
      let next = mulberry32(`${current}/${name}`);
      restarts.push((fresh) => (next = mulberry32(`${fresh}/${name}`)));
      return () => next();
    },
    reseed(fresh) {
      current = fresh;
      for (const restart of restarts) restart(fresh);
    },
  };
}

function mulberry32(seed: string): () => number {
  let state = createHash("sha256").update(seed).digest().readUInt32LE();
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
