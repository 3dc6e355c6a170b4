import type { Answer } from "../answer.ts";
import type { Call, FaultPoints } from "../call.ts";
import { faultKindOf, type FaultStage } from "./fault-kinds.ts";
import { placesOfAddress } from "./places-of-address.ts";
import type { FaultSpec } from "./parse-fault.ts";

/** A fault in force. */
export interface FaultRule extends FaultSpec {
  readonly id: number;
  /** How often it struck. */
  readonly struck: number;
}

export interface FaultRules {
  add(fault: FaultSpec): FaultRule;
  remove(id: number): boolean;
  clear(): void;
  /** Those in force, oldest first. */
  list(): FaultRule[];
  /** For the pipeline. */
  readonly points: FaultPoints;
}

/** Faults on demand. At each stage the first one that strikes answers; slow ones take their time and let the next ones look. */
export function createFaultRules(parts: {
  readonly random: () => number;
  readonly wait: (ms: number) => Promise<void>;
}): FaultRules {
  let rules: (FaultSpec & { readonly id: number; struck: number })[] = [];
  let added = 0;

  async function strike(stage: FaultStage, call: Call): Promise<Answer | void> {
    for (const rule of rules.filter(({ kind }) => faultKindOf(kind).stage === stage)) {
      const place = matchingPlace(rule, call);
      if (!place || !hits(rule)) continue;
      const { answer } = faultKindOf(rule.kind);
      const retryAfterSeconds = rule.retryAfter === undefined ? 1 : rule.retryAfter;
      if (answer) return answer({ index: call.endpoint === "POST /emails/batch" ? place.index : null, retryAfterSeconds });
      await parts.wait(rule.ms ?? 1000);
    }
  }

  function hits(rule: (typeof rules)[number]): boolean {
    if (rule.probability === undefined) {
      // Whoever asked for it while this request waited may have used it up.
      const left = (rule.times ?? 1) - rule.struck;
      if (left <= 0) return false;
      if (left === 1) rules = rules.filter((other) => other !== rule);
    } else if (parts.random() >= rule.probability) return false;
    rule.struck += 1;
    return true;
  }

  const nothing = () => rules.length === 0;
  return {
    add(fault) {
      const rule = { ...fault, id: (added += 1), struck: 0 };
      rules = [...rules, rule];
      return { ...rule };
    },
    remove(id) {
      const before = rules.length;
      rules = rules.filter((rule) => rule.id !== id);
      return rules.length < before;
    },
    clear() {
      rules = [];
    },
    list: () => rules.map((rule) => ({ ...rule })),
    points: {
      onArrival: (call) => (nothing() ? undefined : strike("arrival", call)),
      beforeAccept: (call) => (nothing() ? undefined : strike("accept", call)),
      beforeAnswer: (call, answer) => (nothing() || answer.status !== 200 ? undefined : strike("answer", call)),
    },
  };
}

/** Where in the request the fault is: null when it is not meant. */
function matchingPlace({ match = {} }: FaultSpec, call: Call): { readonly index: number } | null {
  if (match.endpoint === undefined ? !call.sends : match.endpoint !== call.endpoint) return null;
  if (match.idempotencyKey !== undefined && match.idempotencyKey !== call.idempotencyKey) return null;
  if (match.to === undefined) return { index: 0 };
  const [index] = placesOfAddress(call.body, match.to);
  return index === undefined ? null : { index };
}
