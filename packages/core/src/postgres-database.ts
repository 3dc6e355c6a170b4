import type { Sql } from "postgres";
import type { DispatchFacts, LetterFacts } from "@chat-notifications/emails/letter-facts.ts";
import type { Database } from "./database.ts";

interface DispatchRow {
  dispatch_id: string;
  attempt: number;
  facts: DispatchFacts;
  letters: LetterFacts[];
}

/**
 * The processor's database over postgres.js. Needs only the rights of role `notifier`; everything but `listen` works
 * through a transaction pooler.
 * @param options.asOf the clock to decide by, for tests; default: the database's own.
 * @param options.pageSize recipients a fan-out page visits, default 10,000.
 */
export function createPostgresDatabase(sql: Sql, options: { asOf?: () => Date; pageSize?: number } = {}): Database {
  const asOf = () => (options.asOf === undefined ? sql`now()` : sql`${options.asOf()}::timestamptz`);
  const pageSize = options.pageSize ?? 10_000;
  return {
    async settleBursts() {
      const [row] = await sql<[{ settled: number }]>`select private.settle_bursts(100, ${asOf()}) as settled`;
      return row.settled;
    },
    async continueFanOut() {
      const [row] = await sql<[{ visited: number }]>`select private.continue_fan_out(${pageSize}, ${asOf()}) as visited`;
      return row.visited;
    },
    async getPendingNotifications(batchSize) {
      const rows = await sql<DispatchRow[]>`
        select dispatch_id, attempt, facts, letters
        from public.get_pending_notifications(${batchSize}, ${asOf()})`;
      return rows.map(({ dispatch_id, attempt, facts, letters }) => ({ id: dispatch_id, attempt, facts, letters }));
    },
    async beginAttempt({ id, attempt }, bodySha256) {
      const [row] = await sql<[{ ours: boolean }]>`
        select private.begin_attempt(${id}, ${attempt}, ${bodySha256}, ${asOf()}) as ours`;
      return row.ours;
    },
    async markNotificationSent({ id, attempt }, providerIds) {
      const [row] = await sql<[{ marked: boolean }]>`
        select public.mark_notification_sent(${id}, ${attempt}, ${providerIds}, ${asOf()}) as marked`;
      return row.marked;
    },
    async markNotificationFailed({ id, attempt }, { outcome, reason, letterIndex, retryAfterMs }, jitter) {
      const [row] = await sql<[{ marked: boolean }]>`
        select public.mark_notification_failed(
          ${id}, ${attempt}, ${outcome}, ${reason}, ${letterIndex}, ${retryAfterMs}, ${jitter}, ${asOf()}) as marked`;
      return row.marked;
    },
    async nextDueInMs() {
      const [row] = await sql<[{ ms: number | null }]>`
        select ceil(greatest(0, extract(epoch from private.next_due_at(${asOf()}) - ${asOf()}) * 1000))::float8 as ms`;
      return row.ms;
    },
    async listen(wake) {
      const { unlisten } = await sql.listen("chat_notifications", wake);
      return unlisten;
    },
  };
}
