import { bareAddress } from "./address.ts";
import type { FateChoice } from "./fate.ts";
import type { Suppressions } from "./suppressions.ts";
import { mayBeTestRecipient, testRecipientFate } from "./test-recipients.ts";
import { addressesIn, type WireEmail } from "./wire-email.ts";

/** Shares of all letters, each from 0 to 1; together at most 1. */
export interface FateRates {
  /** Permanent bounces, each with General or NoEmail. */
  readonly bounceRate: number;
  /** Transient bounces, any subtype. */
  readonly softBounceRate: number;
  readonly complaintRate: number;
  /** Delayed first, then delivered. */
  readonly delayRate: number;
  /** `email.failed` with `reached_daily_quota`. */
  readonly failRate: number;
}

export interface DecidedFate {
  readonly choice: FateChoice;
  /** The address it is about, in lower case; null when it is about everybody in `to`. */
  readonly about: string | null;
}

const delivered: DecidedFate = { choice: { name: "delivered" }, about: null };

/** Decides a letter's fate: suppressed addresses first, then test recipients, then chance. */
export function createFateDecision(parts: {
  readonly rates: FateRates;
  readonly testDomain: string;
  readonly suppressions: Pick<Suppressions, "size" | "hasBare">;
  readonly random: () => number;
}): (wire: WireEmail) => DecidedFate {
  const { rates, suppressions, random } = parts;
  const testDomain = parts.testDomain.toLowerCase();
  const chances: readonly (readonly [number, () => FateChoice])[] = [
    [rates.bounceRate, () => ({ name: "bounced", bounce: { type: "Permanent", subType: one(["General", "NoEmail"]) } })],
    [
      rates.softBounceRate,
      () => ({
        name: "bounced",
        bounce: { type: "Transient", subType: one(["General", "MailboxFull", "MessageTooLarge", "ContentRejected"]) },
      }),
    ],
    [rates.complaintRate, () => ({ name: "complained" })],
    [rates.delayRate, () => ({ name: "delayed" })],
    [rates.failRate, () => ({ name: "failed" })],
  ];
  const chancy = chances.some(([rate]) => rate > 0);

  function one(subTypes: readonly string[]): string {
    return subTypes[Math.floor(random() * subTypes.length)] ?? "General";
  }

  return (wire) => {
    const to = addressesIn(wire.to);
    // The common case, without taking addresses apart.
    if (!chancy && suppressions.size === 0 && !to.some((address) => mayBeTestRecipient(address, testDomain))) return delivered;
    const addresses = to.map(bareAddress);
    const listed = addresses.find(suppressions.hasBare);
    if (listed !== undefined) return { choice: { name: "suppressed" }, about: listed };
    for (const address of addresses) {
      const choice = testRecipientFate(address, testDomain);
      if (choice) return { choice, about: address };
    }
    if (!chancy) return delivered;
    let drawn = random();
    for (const [rate, choose] of chances) {
      if (drawn < rate) return { choice: choose(), about: addresses[0] ?? null };
      drawn -= rate;
    }
    return delivered;
  };
}
