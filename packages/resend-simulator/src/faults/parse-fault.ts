import { bareAddress } from "../address.ts";
import { isFields } from "../parse-fields.ts";
import { endpoints, type Endpoint } from "../call.ts";
import { faultKinds, type FaultKindName } from "./fault-kinds.ts";

/** A fault as people and programs write it. */
export interface FaultSpec {
  readonly kind: FaultKindName;
  /** How many requests it strikes, then it is gone; default 1 unless there is a probability. */
  readonly times?: number;
  /** Strikes each matching request with this probability, 0–1, until it is removed. */
  readonly probability?: number;
  /** Only requests with all of these; default: every send. */
  readonly match?: FaultMatch;
  /** How long `slow` and `slow_answer` take; default 1000. */
  readonly ms?: number;
  /** Of `rate_limited`, in seconds: default 1; null leaves the header out. */
  readonly retryAfter?: number | null;
}

export interface FaultMatch {
  /** Such as `GET /emails`; default: the two that send. */
  readonly endpoint?: Endpoint;
  /** An address in `to`, `cc` or `bcc` of one of the request's e-mails. */
  readonly to?: string;
  readonly idempotencyKey?: string;
}

export type ParsedFault = { readonly ok: true; readonly fault: FaultSpec } | { readonly ok: false; readonly message: string };

/** Reads one fault; the message of a bad one is a sentence. */
export function parseFault(value: unknown): ParsedFault {
  const bad = (message: string): ParsedFault => ({ ok: false, message });
  if (!isFields(value)) return bad('A fault must be an object such as {"kind":"drop_after","times":1}.');
  const { kind, times, probability, match, ms, retryAfter } = value;
  const stranger = Object.keys(value).find(
    (field) => !["kind", "times", "probability", "match", "ms", "retryAfter"].includes(field),
  );
  if (stranger !== undefined) return bad(`A fault has no field "${stranger}".`);
  if (typeof kind !== "string" || !Object.hasOwn(faultKinds, kind))
    return bad(`A fault's kind must be one of ${Object.keys(faultKinds).join(", ")}.`);
  if (times !== undefined && probability !== undefined) return bad("A fault has either times or a probability.");
  if (times !== undefined && !(Number.isSafeInteger(times) && Number(times) > 0))
    return bad("A fault's times must be a whole number from 1.");
  if (probability !== undefined && !(typeof probability === "number" && probability >= 0 && probability <= 1)) {
    return bad("A fault's probability must be a number from 0 to 1.");
  }
  for (const [name, number] of [
    ["ms", ms],
    ["retryAfter", retryAfter ?? undefined],
  ] as const) {
    if (number !== undefined && !(typeof number === "number" && number >= 0 && number <= 86_400_000))
      return bad(`A fault's ${name} must be a number from 0.`);
  }
  const wrong = match === undefined ? null : wrongMatch(match);
  if (wrong) return bad(wrong);
  const fault = value as unknown as FaultSpec;
  if (!fault.match?.to) return { ok: true, fault };
  return { ok: true, fault: { ...fault, match: { ...fault.match, to: bareAddress(fault.match.to) } } };
}

/** Reads a list of faults, or a single one. */
export function parseFaults(
  value: unknown,
): { readonly ok: true; readonly faults: readonly FaultSpec[] } | { readonly ok: false; readonly message: string } {
  const faults: FaultSpec[] = [];
  for (const item of Array.isArray(value) ? (value as unknown[]) : [value]) {
    const parsed = parseFault(item);
    if (!parsed.ok) return parsed;
    faults.push(parsed.fault);
  }
  return { ok: true, faults };
}

function wrongMatch(match: unknown): string | null {
  if (!isFields(match)) return "A fault's match must be an object.";
  for (const [field, value] of Object.entries(match)) {
    if (!["endpoint", "to", "idempotencyKey"].includes(field))
      return `A fault cannot match on "${field}", only on endpoint, to and idempotencyKey.`;
    if (typeof value !== "string") return `A fault's match.${field} must be text.`;
  }
  const { endpoint } = match;
  if (endpoint === undefined || endpoints.some((known) => known === endpoint)) return null;
  return `A fault's match.endpoint must be one of ${endpoints.join(", ")}.`;
}
