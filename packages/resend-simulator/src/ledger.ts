import { bareAddress } from "./address.ts";
import type { Fate } from "./fate.ts";
import { addressesIn, recipientCount, type WireEmail } from "./wire-email.ts";

export interface AcceptedEmail {
  /** Position among everything ever accepted, from 0, without gaps. */
  readonly sequence: number;
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly acceptedAt: number;
  /** The e-mail exactly as it was sent. */
  readonly wire: WireEmail;
  readonly idempotencyKey: string | null;
  /** Where it stood in its batch request; null for a single send. */
  readonly batch: { readonly index: number; readonly size: number } | null;
  /** About how much memory it holds. */
  readonly bytes: number;
  /** The address its fate is about, in lower case; null when it is about everybody in `to`. */
  readonly about: string | null;
  /** What became of it and what will; shared by letters with the same one. */
  fate: Fate;
}

/** Everything ever accepted; survives forgetting. */
export interface LedgerTotals {
  readonly emails: number;
  /** Addresses in to, cc and bcc. */
  readonly recipients: number;
  /** Requests that had at least one e-mail accepted. */
  readonly requests: number;
}

export interface Ledger {
  readonly totals: LedgerTotals;
  /** Changes whenever the kept e-mails change. */
  readonly revision: number;
  /** The oldest kept sequence, and one more than the newest. Everything between is kept. */
  readonly range: { readonly first: number; readonly end: number };
  at(sequence: number): AcceptedEmail | undefined;
  get(id: string): AcceptedEmail | undefined;
  /** Kept e-mails, oldest first, in the order they were accepted. */
  all(): AcceptedEmail[];
  /** Kept e-mails that name this bare address in `to`, oldest first. */
  to(address: string): AcceptedEmail[];
  /** Accepts one request's e-mails, all at once and in order; gives them back with their sequence. */
  add(emails: readonly Omit<AcceptedEmail, "sequence">[]): AcceptedEmail[];
  /** Forgets the kept e-mails; totals and sequence go on. */
  forget(): void;
  /** As new. */
  reset(): void;
}

/** Keeps the newest e-mails within both limits (at least the newest one), and counts all. */
export function createLedger(limits: { readonly maxEmails: number; readonly maxBytes: number }): Ledger {
  // An array with a moving head: dropping the oldest of a Map walks over the holes it left.
  let kept: (AcceptedEmail | undefined)[] = [];
  let head = 0;
  let bytes = 0;
  let next = 0;
  let revision = 0;
  let totals: LedgerTotals = { emails: 0, recipients: 0, requests: 0 };
  const byId = new Map<string, AcceptedEmail>();

  const first = () => next - (kept.length - head);
  const at = (sequence: number) => (sequence < first() ? undefined : kept[head + sequence - first()]);

  function dropOldest(): void {
    const oldest = kept[head];
    kept[head] = undefined;
    head += 1;
    if (oldest) {
      bytes -= oldest.bytes;
      byId.delete(oldest.id);
    }
    if (head > 1000 && head * 2 > kept.length) {
      kept = kept.slice(head);
      head = 0;
    }
  }

  function forget(): void {
    kept = [];
    head = 0;
    bytes = 0;
    revision += 1;
    byId.clear();
  }

  const all = () => kept.slice(head) as AcceptedEmail[];

  return {
    get totals() {
      return totals;
    },
    get revision() {
      return revision;
    },
    get range() {
      return { first: first(), end: next };
    },
    at,
    get: (id) => byId.get(id),
    all,
    to: (address) => all().filter(({ wire }) => addressesIn(wire.to).some((to) => bareAddress(to) === address.toLowerCase())),
    add(emails) {
      let recipients = 0;
      const added = emails.map((entry): AcceptedEmail => {
        const email = { ...entry, sequence: next };
        next += 1;
        recipients += recipientCount(email.wire);
        kept.push(email);
        byId.set(email.id, email);
        bytes += email.bytes;
        const tooMany = () => kept.length - head > limits.maxEmails || bytes > limits.maxBytes;
        while (tooMany() && kept.length - head > 1) dropOldest();
        return email;
      });
      if (added.length === 0) return added;
      revision += 1;
      totals = {
        emails: totals.emails + emails.length,
        recipients: totals.recipients + recipients,
        requests: totals.requests + 1,
      };
      return added;
    },
    forget,
    reset() {
      forget();
      next = 0;
      totals = { emails: 0, recipients: 0, requests: 0 };
    },
  };
}
