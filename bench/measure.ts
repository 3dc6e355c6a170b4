/** What one variant is about: ours, or what a user would pick instead. */
export interface Variant {
  name: string;
  /** One measurement: figures by name, each in the benchmark's unit of that name. */
  run(): Promise<Record<string, number>>;
}

export interface Benchmark {
  name: string;
  about: string;
  /** Of each figure: `ms`, `recipients/s` … */
  units: Record<string, string>;
  variants: Variant[];
  /** What is worked out of two variants of the same round, as figures of the first. */
  comparisons?: Comparison[];
  close(): Promise<void>;
}

export interface Comparison {
  variant: string;
  with: string;
  /** The figure of both. */
  figure: string;
  /** What it is called, with a unit in the benchmark's units. */
  as: string;
  by: keyof typeof COMPARED;
}

const COMPARED = {
  quotient: (one: number, other: number) => one / other,
  /** Of rates: how much more a unit costs. */
  "inverse quotient": (one: number, other: number) => other / one,
  difference: (one: number, other: number) => one - other,
};

export interface Figure {
  variant: string;
  figure: string;
  unit: string;
  /** One value each round, in the order of the rounds. */
  values: number[];
}

/** Measures all variants once in each round, beginning with another one each time, so that none has the quiet moments alone. */
export async function measure({ variants, units, comparisons = [] }: Benchmark, rounds: number, onProgress: (done: number, of: number) => void): Promise<Figure[]> {
  const figures = new Map<string, Figure>();
  for (let round = 0; round < rounds; round += 1) {
    for (let turn = 0; turn < variants.length; turn += 1) {
      const variant = variants[(turn + round) % variants.length]!;
      for (const [figure, value] of Object.entries(await variant.run())) {
        const key = `${variant.name} ${figure}`;
        const known = figures.get(key) ?? { variant: variant.name, figure, unit: units[figure] ?? "", values: [] };
        known.values.push(value);
        figures.set(key, known);
      }
      onProgress(round * variants.length + turn + 1, rounds * variants.length);
    }
  }
  for (const { variant, with: other, figure, as, by } of comparisons) {
    const [ones, others] = [variant, other].map((name) => figures.get(`${name} ${figure}`)?.values);
    if (ones === undefined || others === undefined) throw new Error(`Nothing to compare: ${figure} of ${variant} and ${other}.`);
    const values = ones.map((value, round) => COMPARED[by](value, others[round]!));
    figures.set(`${variant} ${as}`, { variant, figure: as, unit: units[as] ?? "", values });
  }
  return [...figures.values()].sort((a, b) => variants.findIndex(({ name }) => name === a.variant) - variants.findIndex(({ name }) => name === b.variant));
}

/** Variants that one measurement measures together, step by step in turn: the first of a round does, the others have theirs of it. */
export function together(names: string[], run: () => Promise<Record<string, number>[]>): Variant[] {
  const measured: (Record<string, number> | undefined)[] = [];
  return names.map((name, i) => ({
    name,
    async run() {
      if (measured[i] === undefined) measured.splice(0, names.length, ...(await run()));
      const mine = measured[i]!;
      measured[i] = undefined;
      return mine;
    },
  }));
}

export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/** By linear interpolation between the two nearest values; share from 0 to 1. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const place = (sorted.length - 1) * share;
  const [low, high] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
  if (low === undefined || high === undefined) throw new Error("Nothing was measured.");
  return low + (high - low) * (place - Math.floor(place));
}

/** Milliseconds that the work took. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const before = performance.now();
  await work();
  return performance.now() - before;
}
