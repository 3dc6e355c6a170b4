const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;
const ONLY_ARABIC_WORDS = /^[\u0620-\u064a\u0671-\u06d3 ]+$/;

const FIRST_STRONG_ISOLATE = "\u2068";
const POP_ISOLATE = "\u2069";

/**
 * Text that stands in a sentence of another direction without turning its order: between Unicode's
 * isolates, where it could. Letters in plain ASCII stay plain, they render faster. `cleanText` removes
 * isolates that people wrote, so these always pair.
 */
export function isolate(text: string, direction: "ltr" | "rtl"): string {
  const harmless = direction === "ltr" ? !RIGHT_TO_LEFT.test(text) : ONLY_ARABIC_WORDS.test(text);
  return harmless || text === "" ? text : `${FIRST_STRONG_ISOLATE}${text}${POP_ISOLATE}`;
}

/** For subjects and headers, where clients and filters distrust direction controls. */
export function withoutIsolates(text: string): string {
  return text.replace(/[\u2066-\u2069]/g, "");
}
