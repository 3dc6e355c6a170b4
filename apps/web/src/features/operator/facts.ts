/** What a step or an entry of the log says beside its name, on one line; what is empty is left out. */
export function tellFacts(facts: Record<string, unknown> | null): string {
  return Object.entries(facts ?? {})
    .filter(([, value]) => value !== null && value !== "")
    .map(([name, value]) => `${name}: ${tell(value)}`)
    .join(" · ");
}

function tell(value: unknown): string {
  if (Array.isArray(value)) return value.map(tell).join(", ");
  if (typeof value !== "object" || value === null) return String(value);
  // A changed setting.
  if ("became" in value && "was" in value) return `${tell(value.was)} → ${tell(value.became)}`;
  return Object.entries(value).map(([name, inner]) => `${name} ${tell(inner)}`).join(", ");
}
