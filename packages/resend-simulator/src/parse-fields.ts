/** The fields of a JSON object; null when the body is anything else. */
export function fieldsIn(body: Uint8Array): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("utf8"));
    return isFields(value) ? value : null;
  } catch {
    return null;
  }
}

export function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A list of 1 to `max` strings; null when it is anything else. */
export function stringsIn(value: unknown, max: number): readonly string[] | null {
  if (!Array.isArray(value) || value.length < 1 || value.length > max) return null;
  const items: readonly unknown[] = value;
  return items.every((item) => typeof item === "string") ? items : null;
}
