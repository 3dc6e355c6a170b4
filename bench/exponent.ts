/**
 * How a cost grows with a size: the slope of log cost against log size by least squares. 0: it does not; 1: as much as
 * the size.
 */
export function exponentOf(points: { size: number; cost: number }[]): number {
  const logs = points.map(({ size, cost }) => ({ x: Math.log(size), y: Math.log(cost) }));
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [mx, my] = [mean(logs.map(({ x }) => x)), mean(logs.map(({ y }) => y))];
  const along = logs.reduce((sum, { x }) => sum + (x - mx) ** 2, 0);
  if (along === 0) throw new Error("An exponent needs two sizes.");
  return logs.reduce((sum, { x, y }) => sum + (x - mx) * (y - my), 0) / along;
}
