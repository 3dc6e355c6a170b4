/** Digits written together, as in the four groups of `4111 1111 1111 1111`. */
export interface DigitGroup {
  start: number;
  end: number;
  digits: string;
}

const GROUP = /\d+/g;

/** The groups of a run of digits that begins at `start`. */
export function digitGroups(run: string, start: number): DigitGroup[] {
  return [...run.matchAll(GROUP)].map(({ index, 0: digits }) => ({ start: start + index, end: start + index + digits.length, digits }));
}
