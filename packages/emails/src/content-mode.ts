/**
 * How much of what people wrote a letter shows: everything; everything but secrets and contact data;
 * or only that, where and how much was written.
 */
export type ContentMode = "full" | "redacted" | "none";

/** The mode to render in. Absent and unknown ones are `redacted`. */
export function contentMode(wanted: string | null | undefined): ContentMode {
  return wanted === "full" || wanted === "none" ? wanted : "redacted";
}
