import type { Sql } from "postgres";

/** A month of a small deployment's numbers, and what an operator has to look at: for pictures of the cockpit. */
export async function writeDemoHistory(sql: Sql): Promise<void> {
  // By hour for a month and by minute for a day, busier in the evening; every fortieth slot something failed.
  for (const [width, back, letters] of [["hour", "30 days", 160], ["minute", "1 day", 9]] as const) {
    await sql`
      insert into private.rollups (width, at, messages, dispatches, letters_sent, letters_failed, delivered, bounced)
      select ${width}, t.at, t.letters / 3, t.letters / 20 + 1, t.letters, t.failed, t.letters - t.failed, t.failed
      from (
        select s.at, (row_number() over (order by s.at) % 40 = 0)::integer as failed,
          (${letters} * (1.2 + sin((extract(hour from s.at) - 13) / 3.8)) * (0.7 + (hashtext(s.at::text) & 255) / 400.0)
            * case when extract(isodow from s.at) < 6 then 1 else 0.6 end)::integer as letters
        from generate_series(date_trunc(${width}, now()) - ${back}::interval, date_trunc(${width}, now()) - ${`3 ${width}s`}::interval, ${`1 ${width}`}::interval) s (at)
      ) t
      where t.letters > 0
      on conflict do nothing`;
    await sql`
      insert into private.delays (width, at, measure, bucket, samples)
      select r.width, r.at, 'message_to_sent', 31 + b + (hashtext(r.at::text) & 3) / 2, r.letters_sent * (4 - b) / 10 + 1
      from private.rollups r
      cross join generate_series(0, 3) b
      where r.width = ${width}
      on conflict do nothing`;
  }
  await sql`
    insert into private.suppressions (address_hash, address, reason, suppressed_at)
    values (private.address_hash('former.member@example.com'), 'former.member@example.com', 'bounced', now() - interval '3 days'),
      (private.address_hash('no.thanks@example.com'), 'no.thanks@example.com', 'complained', now() - interval '9 days')`;
  await sql`
    insert into private.alerts (name, opened_at, closed_at, value, worst)
    values ('processing_delay', now() - interval '5 days', now() - interval '5 days' + interval '25 minutes', 1200, 2460),
      ('bounce_rate', now() - interval '40 minutes', null, 0.051, 0.062)`;
  // Two letters that nobody could send.
  await sql`
    with dead as (
      update public.emails e set status = 'failed', reason = 'validation_error'
      where e.id in (select l.id from public.emails l where l.status in ('sent', 'delivered') order by l.id limit 2)
      returning e.id, e.dispatch_id
    ), dispatched as (
      update private.dispatches d set status = 'failed', outcome = 'rejected', last_error = 'validation_error'
      where d.id in (select dead.dispatch_id from dead)
    )
    update public.notifications n set status = 'failed', reason = 'validation_error'
    where n.email_id in (select dead.id from dead)`;
}
