export interface Clock {
  /** Milliseconds since some fixed moment. */
  now: () => number;
  wait: (ms: number) => Promise<void>;
}

/** Resolves when a conversation that starts now reaches the given minute; at full speed at once. */
export function createPace(speed: "real" | "max", { now, wait }: Clock): (minute: number) => Promise<void> {
  if (speed === "max") return async () => {};
  const start = now();
  return async (minute) => {
    const ahead = start + minute * 60_000 - now();
    if (ahead > 0) await wait(ahead);
  };
}
