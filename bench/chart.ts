import { type Figure, median } from "./measure.ts";

const ROW = 26;
const LABELS = 380;
const BARS = 420;

/** A benchmark's first figure as bars with their spread: SVG that reads in light and dark. */
export function drawChart(title: string, figures: Figure[]): string {
  const [first] = figures;
  const rows = figures.filter(({ figure }) => figure === first?.figure);
  const most = Math.max(...rows.flatMap(({ values }) => values));
  const x = (value: number) => Math.round((value / most) * BARS * 10) / 10;
  const bars = rows.map(({ variant, unit, values }, row) => {
    const y = 34 + row * ROW;
    const [low, high] = [x(Math.min(...values)), x(Math.max(...values))];
    return [
      `<text x="${LABELS - 10}" y="${y + 14}" text-anchor="end">${escape(variant)}</text>`,
      `<rect x="${LABELS}" y="${y + 3}" width="${x(median(values))}" height="14" rx="3" fill="${variant.startsWith("ours") || !rows.some((other) => other.variant.startsWith("ours")) ? "#2f9e79" : "#8a8f98"}"/>`,
      `<path d="M${LABELS + low} ${y + 10}H${LABELS + high}" stroke="#d9480f" stroke-width="2"/>`,
      `<text x="${LABELS + high + 8}" y="${y + 14}">${format(median(values))} ${escape(unit)}</text>`,
    ].join("");
  });
  const height = 44 + rows.length * ROW;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${LABELS + BARS + 140} ${height}" font-family="system-ui, sans-serif" font-size="12" fill="#7d828a"><text x="10" y="20" font-size="14" font-weight="600">${escape(`${title}: ${first?.figure ?? ""}`)}</text>${bars.join("")}</svg>\n`;
}

export function format(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString("en") : value.toPrecision(3);
}

const escape = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
