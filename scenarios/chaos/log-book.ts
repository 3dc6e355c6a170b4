/** What the victims log, counted by event and outcome; the last lines word for word. */
export interface LogBook {
  note(line: string): void;
  counts(): Record<string, number>;
  last(): string[];
}

export function createLogBook(): LogBook {
  const counts: Record<string, number> = {};
  let last: string[] = [];
  return {
    note(line) {
      last = [...last.slice(-19), line];
      const name = nameOf(line);
      if (name !== null) counts[name] = (counts[name] ?? 0) + 1;
    },
    counts: () => Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1))),
    last: () => last,
  };
}

function nameOf(line: string): string | null {
  try {
    const { event, outcome, reason, result, code, attempt } = JSON.parse(line) as Record<string, string | number | undefined>;
    const again = event === "dispatch_sent" && typeof attempt === "number" && attempt > 1 ? "again" : undefined;
    return [event, outcome, reason, result, code, again].filter((word) => word !== undefined).join(" ");
  } catch {
    return null;
  }
}
