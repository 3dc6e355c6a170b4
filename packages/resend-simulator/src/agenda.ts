/** Calls `run` once after so many ms; what it returns calls that off. */
export type SetTimer = (ms: number, run: () => void) => () => void;

// Node's timers cannot wait longer.
const LONGEST_TIMER_MS = 2_147_483_647;

interface Entry {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

export interface Agenda {
  /** What is still to come. */
  readonly size: number;
  /** When the next one is due, ms since 1970; null when nothing is planned. */
  readonly next: number | null;
  /** Plans `run` for a moment, ms since 1970; what is planned for the same moment runs in the order of planning. */
  plan(at: number, run: () => void): void;
  /** Runs what is due by the clock, in the order of its time, also what that plans for now; returns how many ran. */
  runDue(): number;
  /** Runs everything that is planned at this moment as if its time had come; returns how many ran. */
  runPlanned(): number;
  clear(): void;
}

/** What will happen when. One timer waits for the next entry; without `setTimer` somebody must call `runDue`. */
export function createAgenda(now: () => number, setTimer: SetTimer | null): Agenda {
  let heap: Entry[] = [];
  let planned = 0;
  let alarm: { at: number; cancel: () => void } | null = null;

  const before = (a: Entry, b: Entry) => a.at < b.at || (a.at === b.at && a.order < b.order);

  function push(entry: Entry): void {
    let index = heap.length;
    heap.push(entry);
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!before(entry, heap[parent] as Entry)) break;
      heap[index] = heap[parent] as Entry;
      index = parent;
    }
    heap[index] = entry;
  }

  function pop(): Entry | undefined {
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    let index = 0;
    for (;;) {
      let child = index * 2 + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && before(heap[child + 1] as Entry, heap[child] as Entry)) child += 1;
      if (!before(heap[child] as Entry, last)) break;
      heap[index] = heap[child] as Entry;
      index = child;
    }
    heap[index] = last;
    return first;
  }

  function setAlarm(): void {
    const at = heap[0]?.at ?? null;
    if (!setTimer || at === null || (alarm && alarm.at <= at)) return;
    alarm?.cancel();
    const cancel = setTimer(Math.min(Math.max(at - now(), 1), LONGEST_TIMER_MS), () => {
      alarm = null;
      runDue();
    });
    alarm = { at, cancel };
  }

  function runDue(): number {
    let count = 0;
    while (heap[0] && heap[0].at <= now()) {
      pop()?.run();
      count += 1;
    }
    setAlarm();
    return count;
  }

  return {
    get size() {
      return heap.length;
    },
    get next() {
      return heap[0]?.at ?? null;
    },
    plan(at, run) {
      push({ at, order: (planned += 1), run });
      setAlarm();
    },
    runDue,
    runPlanned() {
      const entries = heap.sort((a, b) => (before(a, b) ? -1 : 1));
      heap = [];
      for (const { run } of entries) run();
      return entries.length;
    },
    clear() {
      heap = [];
      alarm?.cancel();
      alarm = null;
    },
  };
}
