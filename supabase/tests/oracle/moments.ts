/** From one moment of the run to a later one. Moments are counted, not timed: every call's start and end is one. */
export interface Span {
  from: number;
  to: number;
}

/** Gives each call of a run its span; spans of calls that overlapped overlap. */
export function createMoments() {
  let now = 0;
  return {
    async during<T>(call: () => Promise<T>): Promise<{ value: T; span: Span }> {
      const from = (now += 1);
      const value = await call();
      return { value, span: { from, to: (now += 1) } };
    },
  };
}

export type Moments = ReturnType<typeof createMoments>;

/** Before everything that happens. */
export const BEGINNING: Span = { from: 0, to: 0 };
const BEFORE_THE_BEGINNING: Span = { from: -1, to: -1 };

/** Whether all of `first` was over when `second` began. */
export function precedes(first: Span, second: Span): boolean {
  return first.to < second.from;
}

export interface Change<T> {
  value: T;
  span: Span;
  /** The run's clock, in ms. */
  at: number;
}

/** A value over a run: which ones it can have had at some moment of a span. */
export interface Register<T> {
  set(value: T, span: Span, at: number): void;
  /** Every value that it may have had at some moment of the span; one only, if nothing changed in it. */
  possible(span: Span): T[];
  latest(): T;
  changes(): readonly Change<T>[];
}

export function createRegister<T>(initial: T): Register<T> {
  const changes: Change<T>[] = [{ value: initial, span: BEFORE_THE_BEGINNING, at: -Infinity }];
  return {
    set: (value, span, at) => void changes.push({ value, span, at }),
    possible: (span) =>
      changes
        .filter((change) => change.span.from <= span.to)
        .filter((change) => !changes.some((later) => precedes(change.span, later.span) && precedes(later.span, span)))
        .map(({ value }) => value),
    latest: () => changes.at(-1)!.value,
    changes: () => changes,
  };
}
