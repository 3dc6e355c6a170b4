/**
 * Runs a task for each item, at most `width` at once, in order; results in the items' order. After a task has failed no
 * other is started, and once those under way have ended it throws what the first threw.
 */
export async function inParallel<T, R>(items: readonly T[], width: number, task: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const failures: unknown[] = [];
  let next = 0;
  const lane = async () => {
    while (next < items.length && failures.length === 0) {
      const place = next;
      next += 1;
      try {
        results[place] = await task(items[place]!);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: width }, lane));
  if (failures.length > 0) throw failures[0];
  return results;
}
