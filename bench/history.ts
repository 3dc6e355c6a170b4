import type { Sql } from "postgres";
import { addCrowd, addEvents } from "./crowd.ts";

export interface History {
  /** Rows in public.notifications. */
  notifications: number;
  /** Rows in public.emails. */
  emails: number;
  people: number;
  /** Over how many days, default 33: about a tenth is old enough for the archive. */
  days?: number;
}

/** Rows a statement writes, so that one never holds more than a minute's work. */
const PAGE = 250_000;

/**
 * Old news in bulk: letters delivered until now, evenly, their dispatches, bursts, notifications and webhooks, counted
 * by the product's own rollups. No trigger sees it.
 * @param onProgress told of what is written and in how many ms
 */
export async function addHistory(sql: Sql, { notifications, emails, people, days = 33 }: History, onProgress: (what: string, ms: number) => void): Promise<void> {
  await addCrowd(sql, people);
  const events = await addEvents(sql, 20, Math.min(people, 1000));
  const connection = await sql.reserve();
  const step = async (what: string, work: () => Promise<unknown>) => {
    const before = performance.now();
    await work();
    onProgress(what, performance.now() - before);
  };
  const pages = async (count: number, write: (from: number, to: number) => Promise<unknown>) => {
    for (let from = 0; from < count; from += PAGE) await write(from, Math.min(count, from + PAGE) - 1);
  };
  try {
    await connection`set session_replication_role = replica`;
    // Numbers become times and ids, the same wherever they are asked for.
    await connection.unsafe(`
      create temporary table crowd as select row_number() over (order by id) - 1 as n, id, email from auth.users;
      create unique index on crowd (n);
      create function pg_temp.moment(k bigint, of bigint) returns timestamptz language sql stable
        as $$ select date_trunc('minute', now()) - interval '2 minutes' - interval '${days} days' * (1 - k / of::float8) $$;
      create function pg_temp.letter(k bigint, of bigint) returns uuid language sql stable
        as $$ select (lpad(to_hex(floor(extract(epoch from pg_temp.moment(k, of)) * 1000)::bigint), 12, '0') || '7000' || '8' || lpad(to_hex(k), 15, '0'))::uuid $$;
      create function pg_temp.dispatch(k bigint) returns uuid language sql immutable
        as $$ select ('d15ba7c4-0000-7000-8000-' || lpad(to_hex(k), 12, '0'))::uuid $$;
    `).simple();
    await step("dispatches", () => connection`
      insert into private.dispatches (id, status, attempt, next_attempt_at, letter_count, facts, first_attempt_at, outcome, created_at, updated_at)
      select pg_temp.dispatch(d), 'sent', 1, at, 100, '{}', at, 'accepted', at - interval '300 ms', at
      from (select d, pg_temp.moment(d * 100, ${emails}) as at from generate_series(0, ${Math.ceil(emails / 100) - 1}::bigint) d) x`);
    await step("emails", () => pages(emails, (from, to) => connection`
      insert into public.emails (id, user_id, dispatch_id, position, kind, status, address, locale, time_zone, parts, more, provider_id, created_at, sent_at, updated_at)
      select pg_temp.letter(k, ${emails}), c.id, pg_temp.dispatch(k / 100), k % 100, 'conversation', 'delivered', c.email, 'en', 'UTC',
        jsonb_build_array(jsonb_build_object('event_id', (${events}::uuid[])[1 + k % 20], 'count', 3)), '[]', k::text, at, at, at + interval '2 seconds'
      from (select k, pg_temp.moment(k / 100 * 100, ${emails}) as at from generate_series(${from}::bigint, ${to}) k) x
      join crowd c on c.n = k % ${people}`));
    await step("bursts", () => connection`
      insert into private.bursts (id, event_id, opened_at, stirred_at, closes_at, settled_at, message_count, fanned_out_at)
      overriding system value
      select 1000000000 + b, (${events}::uuid[])[1 + b % 20], at - interval '3 minutes', at - interval '2 minutes', at - interval '1 minute', at - interval '59 seconds', 3, at - interval '50 seconds'
      from (select b, pg_temp.moment(b * ${people}, ${notifications}) as at from generate_series(0, ${Math.ceil(notifications / people) - 1}::bigint) b) x`);
    await step("notifications", () => pages(notifications, (from, to) => connection`
      insert into public.notifications (user_id, event_id, burst_id, lane, status, scheduled_for, email_id, created_at, updated_at)
      select c.id, (${events}::uuid[])[1 + k / ${people} % 20], 1000000000 + k / ${people}, 1, 'sent', at - interval '1 minute',
        pg_temp.letter(floor(k * ${emails / notifications}::float8)::bigint, ${emails}), at - interval '3 minutes', at
      from (select k, pg_temp.moment(k, ${notifications}) as at from generate_series(${from}::bigint, ${to}) k) x
      join crowd c on c.n = k % ${people}
      order by k`));
    await step("webhooks", () => pages(emails, (from, to) => connection`
      insert into private.webhook_events (svix_id, type, email_id, occurred_at, received_at, result)
      select 'history_' || k, case when k % 200 = 0 then 'email.bounced' else 'email.delivered' end, pg_temp.letter(k, ${emails}), at, at, 'applied'
      from (select k, pg_temp.moment(k, ${emails}) + interval '2 seconds' as at from generate_series(${from}::bigint, ${to}) k) x`));
    await connection`reset session_replication_role`;
    await step("vacuum and analyze", () => connection`vacuum analyze`);
    await step("rollups", async () => {
      for (;;) {
        const [row] = await connection<[{ went: boolean }]>`select private.roll_up() > interval '0' as went`;
        if (!row.went) break;
      }
      await connection`select private.beat('bench', 'worker', 'bench')`;
      await connection`vacuum analyze private.rollups, private.delays, private.event_days, private.audit_log`;
    });
  } finally {
    connection.release();
  }
}
