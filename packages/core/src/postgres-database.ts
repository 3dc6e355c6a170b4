import type { Sql } from "postgres";
import type { DispatchFacts, LetterFacts } from "@chat-notifications/emails/letter-facts.ts";
import type { ClaimedDispatch, Database, Dispatch, UnconfirmedDispatch, WebhookResult } from "./database.ts";

interface DispatchRow {
  dispatch_id: string;
  attempt: number;
  facts: DispatchFacts;
  letters: LetterFacts[];
  body: string | null;
}

/**
 * The processor's database over postgres.js. Needs only the rights of role `notifier`; everything but `listen` works
 * through a transaction pooler.
 * @param options.deploymentUrl this deployment's SUPABASE_URL: letters go only where delivery is switched on for it.
 * @param options.tokenKeyId of the key that signs the unsubscribe links of letters claimed here; without it they have none.
 * @param options.asOf the clock to decide by, for tests; default: the database's own.
 * @param options.pageSize recipients a fan-out page visits, default 10,000.
 */
export function createPostgresDatabase(
  sql: Sql,
  options: { deploymentUrl: string; tokenKeyId?: string; asOf?: () => Date; pageSize?: number },
): Database {
  const asOf = () => (options.asOf === undefined ? sql`now()` : sql`${options.asOf()}::timestamptz`);
  const pageSize = options.pageSize ?? 10_000;
  // As JSON: postgres.js writes arrays only where it may ask for their types as it connects, and nobody hears when the
  // connection dies over that question: it ends the process.
  const textArray = (texts: string[]) =>
    sql`array(select t.value from json_array_elements_text(${JSON.stringify(texts)}::text::json) with ordinality t (value, place) order by t.place)`;
  return {
    async settleBursts() {
      const [row] = await sql<[{ settled: number }]>`select private.settle_bursts(100, ${asOf()}) as settled`;
      return row.settled;
    },
    async continueFanOut() {
      const [row] = await sql<[{ visited: number }]>`select private.continue_fan_out(${pageSize}, ${asOf()}) as visited`;
      return row.visited;
    },
    async permitSending(letters) {
      const [row] = await sql<[{ letters: number; retry_in_ms: number | null; reason: string | null }]>`
        select letters, reason,
          case when retry_at is not null then ceil(greatest(0, extract(epoch from retry_at - ${asOf()}) * 1000)) end::float8 as retry_in_ms
        from private.permit_sending(${options.deploymentUrl}, ${letters}, ${asOf()})`;
      return { letters: row.letters, retryInMs: row.retry_in_ms, reason: row.reason };
    },
    async returnPermission(letters, requests) {
      await sql`select private.return_permission(${letters}, ${requests}, ${asOf()})`;
    },
    async getPendingNotifications(batchSize) {
      const rows = await sql<DispatchRow[]>`
        select dispatch_id, attempt, facts, letters, body
        from public.get_pending_notifications(${batchSize}, ${asOf()}, ${options.tokenKeyId ?? null})`;
      return rows.map(toDispatch);
    },
    async claimPendingNotifications(batchSize) {
      return sql<ClaimedDispatch[]>`
        select dispatch_id as id, attempt, json_array_length(letters) as "letterCount"
        from public.get_pending_notifications(${batchSize}, ${asOf()}, ${options.tokenKeyId ?? null})`;
    },
    async heldDispatch(id, attempt) {
      const [row] = await sql<DispatchRow[]>`
        select dispatch_id, attempt, facts, letters, body from private.held_dispatch(${id}, ${attempt})`;
      return row === undefined ? null : toDispatch(row);
    },
    async beginAttempt({ id, attempt }, bodySha256) {
      const [row] = await sql<[{ ours: boolean }]>`
        select private.begin_attempt(${id}, ${attempt}, ${bodySha256}, ${asOf()}) as ours`;
      return row.ours;
    },
    async markNotificationSent({ id, attempt }, providerIds) {
      const [row] = await sql<[{ marked: boolean }]>`
        select public.mark_notification_sent(${id}, ${attempt}, ${textArray(providerIds)}, ${asOf()}) as marked`;
      return row.marked;
    },
    async markNotificationFailed({ id, attempt }, { outcome, reason, letterIndex, retryAfterMs }, body, jitter) {
      const [row] = await sql<[{ marked: boolean }]>`
        select public.mark_notification_failed(
          ${id}, ${attempt}, ${outcome}, ${reason}, ${letterIndex}, ${retryAfterMs},
          ${outcome === "ambiguous" || outcome === "in_progress" ? body : null}, ${jitter}, ${asOf()}) as marked`;
      return row.marked;
    },
    async observeRateLimit(requestsPerSecond) {
      await sql`select private.observe_rate_limit(${requestsPerSecond}, 0, ${asOf()})`;
    },
    async unconfirmedDispatches() {
      return sql<UnconfirmedDispatch[]>`
        select dispatch_id as id, since, email_id as "emailId", address from private.unconfirmed_letters(${asOf()})`;
    },
    async confirmDispatch(id, providerIds) {
      const [row] = await sql<[{ confirmed: boolean }]>`
        select private.confirm_dispatch(${id}, ${textArray(providerIds)}, ${asOf()}) as confirmed`;
      return row.confirmed;
    },
    async receiveWebhookEvent({ svixId, type, occurredAt, emailId, providerId, address, detail }) {
      const [row] = await sql<[{ result: WebhookResult }]>`
        select private.receive_webhook_event(
          ${svixId}, ${type}, ${occurredAt}, ${emailId}, ${providerId}, ${address}, ${detail}, ${asOf()}) as result`;
      return row.result;
    },
    async nextDueInMs() {
      // greatest() ignores null, and "nothing waits" must not become "now".
      const [row] = await sql<[{ ms: number | null }]>`
        select case when due_at is not null then ceil(greatest(0, extract(epoch from due_at - ${asOf()}) * 1000)) end::float8 as ms
        from private.next_due_at(${asOf()}) as due_at`;
      return row.ms;
    },
    async listen(wake) {
      let listening = false;
      const { unlisten } = await sql.listen("chat_notifications", wake, () => {
        // Again, on a new connection: what was told between the two has been missed.
        if (listening) wake();
        listening = true;
      });
      return unlisten;
    },
  };
}

function toDispatch({ dispatch_id: id, ...dispatch }: DispatchRow): Dispatch {
  return { id, ...dispatch };
}
