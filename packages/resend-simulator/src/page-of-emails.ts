import type { AcceptedEmail, Ledger } from "./ledger.ts";

export interface EmailPage {
  /** Newest first. */
  readonly emails: readonly AcceptedEmail[];
  readonly hasNewer: boolean;
  readonly hasOlder: boolean;
}

/**
 * One page of the ledger, newest first. As in Resend's lists, `after` continues with older e-mails and
 * `before` with newer ones; the cursor (a sequence) is not part of the page.
 */
export function pageOfEmails(
  ledger: Ledger,
  page: { readonly limit: number; readonly after?: number; readonly before?: number },
  matches: (email: AcceptedEmail) => boolean = () => true,
): EmailPage {
  const { first, end } = ledger.range;
  if (page.before !== undefined) {
    const newer = collect(ledger, Math.max(page.before + 1, first), end, 1, page.limit + 1, matches);
    const emails = newer.slice(0, page.limit).reverse();
    const hasOlder = collect(ledger, Math.min(page.before, end - 1), first - 1, -1, 1, matches).length > 0;
    return { emails, hasNewer: newer.length > page.limit, hasOlder };
  }
  const start = Math.min(page.after ?? end, end);
  const older = collect(ledger, start - 1, first - 1, -1, page.limit + 1, matches);
  const hasNewer = collect(ledger, Math.max(start, first), end, 1, 1, matches).length > 0;
  return { emails: older.slice(0, page.limit), hasNewer, hasOlder: older.length > page.limit };
}

function collect(
  ledger: Ledger,
  from: number,
  until: number,
  step: 1 | -1,
  limit: number,
  matches: (email: AcceptedEmail) => boolean,
): AcceptedEmail[] {
  const found: AcceptedEmail[] = [];
  for (let sequence = from; (until - sequence) * step > 0 && found.length < limit; sequence += step) {
    const email = ledger.at(sequence);
    if (email && matches(email)) found.push(email);
  }
  return found;
}
