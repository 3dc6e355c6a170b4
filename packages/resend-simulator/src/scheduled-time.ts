const DAYS_AHEAD_MS = 30 * 86_400_000;

const unitMs: Readonly<Record<string, number>> = {
  s: 1000,
  sec: 1000,
  second: 1000,
  m: 60_000,
  min: 60_000,
  minute: 60_000,
  h: 3_600_000,
  hr: 3_600_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 604_800_000,
  month: 2_592_000_000,
};

const spoken =
  /^(?:today|tonight|tomorrow|this|next|on|at|monday|tuesday|wednesday|thursday|friday|saturday|sunday)\b[\w ,:.+-]*$/i;

/**
 * Checks `scheduled_at`: ISO 8601, "in N units", or a common spoken form, at most 30 days ahead.
 * Resend reads far more English than this; the rest of it is taken as invalid here.
 */
export function isSchedulable(value: string, now: number): boolean {
  const text = value.trim();
  const relative = /^in (\d{1,6}|an?) ([a-z]+?)s?$/i.exec(text);
  if (relative) {
    const amount = /^an?$/i.test(relative[1] ?? "") ? 1 : Number(relative[1]);
    const unit = unitMs[(relative[2] ?? "").toLowerCase()];
    return unit !== undefined && amount * unit <= DAYS_AHEAD_MS;
  }
  if (/^\d{4}-\d{2}-\d{2}/.test(text)) {
    const at = Date.parse(text);
    return Number.isFinite(at) && at - now <= DAYS_AHEAD_MS;
  }
  return spoken.test(text);
}
