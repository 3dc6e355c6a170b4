import type { Sql } from "postgres";
import type { DeliveryModel } from "./delivery-model.ts";
import type { DeliverySystem } from "./delivery-system.ts";

/** What is wrong now, one line each; nothing, if all is as it must be after every step. */
export async function findViolations(model: DeliveryModel, system: DeliverySystem): Promise<string[]> {
  const [inDatabase, inLedger] = await Promise.all([violationsInDatabase(system), violationsInLedger(model, system)]);
  return [...inDatabase, ...inLedger];
}

async function violationsInDatabase({ sql, now }: DeliverySystem): Promise<string[]> {
  const rows = await sql<{ violation: string }[]>`
    with letters as materialized (
      select e.*, d.status as dispatch_status, d.letter_count from public.emails e left join private.dispatches d on d.id = e.dispatch_id
    ), live as materialized (
      select * from letters where status in ('sending', 'retrying')
    )
    select 'processing outside of a live letter: ' || n.id as violation
    from public.notifications n
    where n.status = 'processing' and n.email_id not in (select id from live)
    union all
    select 'pending and in a letter: ' || n.id from public.notifications n where n.status = 'pending' and n.email_id is not null
    union all
    select 'a live letter that tells nothing: ' || l.id from live l
    where not exists (select from public.notifications n where n.email_id = l.id and n.status = 'processing')
    union all
    select 'a letter ' || l.status || ' in a dispatch ' || coalesce(l.dispatch_status, 'that is gone') || ': ' || l.id from letters l
    where l.dispatch_status is null or (l.status in ('sending', 'retrying') and l.dispatch_status <> l.status)
    union all
    select 'a live dispatch with other letters than it says: ' || d.id from private.dispatches d
    where d.status in ('sending', 'retrying')
      and array(select l.position::int from live l where l.dispatch_id = d.id order by 1) <> array(select generate_series(0, d.letter_count - 1))
    union all
    select 'two letters to one recipient in a dispatch: ' || l.dispatch_id from live l group by l.dispatch_id, l.user_id having count(*) > 1
    union all
    select 'told by a letter that is ' || l.status || ': ' || n.id from public.notifications n join letters l on l.id = n.email_id
    where n.status = 'sent' and l.status not in ('sent', 'delivered', 'delayed', 'complained')
    union all
    select 'a sent letter in a dispatch that is ' || l.dispatch_status || ': ' || l.id from letters l
    where l.sent_at is not null and l.dispatch_status <> 'sent'
    union all
    select 'the provider spoke of it, and it is ' || l.status || ': ' || l.id from live l
    join private.webhook_events w on w.email_id = l.id and w.type <> 'email.opened'
    union all
    select 'unconfirmed and ' || d.status || ': ' || d.id from private.dispatches d where d.unconfirmed_at is not null and d.status <> 'sent'
    union all
    select 'breaker ' || b.name || ' is ' || b.state || ' with ' || b.failures || ' failures until ' || coalesce(b.open_until::text, 'never')
    from private.breakers b
    where (b.state = 'closed') <> (b.open_until is null)
      or (b.state = 'closed' and b.failures >= case b.name when 'provider' then 5 else 1 end)
      or (b.state <> 'closed' and b.openings = 0)
      or (b.state = 'half_open' and (b.open_until > ${now()} or b.probe_until > ${now()} + interval '2 minutes'))
      or b.state <> coalesce((select c.state from private.breaker_changes c where c.name = b.name order by c.id desc limit 1), 'closed')`;
  return rows.map(({ violation }) => violation);
}

async function violationsInLedger(model: DeliveryModel, { sql, simulator }: DeliverySystem): Promise<string[]> {
  const found: string[] = [];
  for (; model.seen < simulator.accepted.range.end; model.seen += 1) {
    const { wire } = simulator.accepted.at(model.seen)!;
    const letter = wire.tags!.find(({ name }) => name === "email_id")!.value;
    if (!model.given.has(letter)) found.push(`accepted and never given to a worker: ${letter}`);
    const recipient = String(wire.to);
    for (const [, more] of wire.text!.matchAll(/\band (\d+) more messages?\b/g)) {
      model.counted.set(recipient, (model.counted.get(recipient) ?? 0) + Number(more));
    }
    for (const message of new Set(wire.text!.match(/\bmessage\d+\b/g))) {
      const to = `${recipient} ${message}`;
      const before = model.told.get(to) ?? [];
      model.told.set(to, [...before, letter]);
      if (before.some((earlier) => !model.tellAgain.has(earlier))) found.push(`told twice: ${to}`);
    }
  }
  const accepted = [...new Set([...model.told.values()].flat())];
  const rows = await sql<{ violation: string }[]>`
    select 'accepted, and its letter is gone: ' || a as violation from unnest(${accepted}::uuid[]) a
    where a not in (select id from public.emails)
    union all
    select 'accepted and rejected: ' || e.id from public.emails e join private.dispatches d on d.id = e.dispatch_id
    where e.id = any(${accepted}::uuid[]) and d.status = 'failed' and d.outcome = 'rejected'
    union all
    select 'sent and never accepted: ' || e.id from public.emails e
    where e.sent_at is not null and e.id <> all(${accepted}::uuid[])
    union all
    select 'a letter that no worker was given: ' || e.id from public.emails e where e.id <> all(${[...model.given]}::uuid[])`;
  return [...found, ...rows.map(({ violation }) => violation)];
}

/** After everything was let go and all that was due was delivered: what is still open, or was lost. */
export async function findLeftovers(model: DeliveryModel, { sql, people }: DeliverySystem): Promise<string[]> {
  const rows = await sql<{ violation: string }[]>`
    select n.status || ' for ever: ' || n.id as violation from public.notifications n where n.status in ('pending', 'processing')
    union all
    select d.status || ' for ever: ' || d.id from private.dispatches d where d.status in ('sending', 'retrying')`;
  return [...rows.map(({ violation }) => violation), ...(await findUntold(model, sql, people))];
}

/** What nobody meddled with was told or, of many, counted in a letter; unless its letter failed, for a person to see. */
async function findUntold(model: DeliveryModel, sql: Sql, people: string[]): Promise<string[]> {
  const rows = await sql<{ recipient: string; messages: string[] }[]>`
    select 'user' || r.number || '@example.com' as recipient, array_agg('message' || m.id order by m.id) as messages
    from public.chat_messages m
    cross join unnest(${people}::uuid[]) with ordinality r (user_id, number)
    where m.deleted_at is null
      and m.user_id is distinct from r.user_id
      and r.number - 1 <> all(${[...model.disturbed]}::int[])
      and 'user' || r.number || '@example.com ' || split_part(m.body, ' ', 1) <> all(${[...model.told.keys()]})
      and not exists (
        select from public.notifications n left join private.burst_messages b on b.burst_id = n.burst_id
        where n.user_id = r.user_id and n.status = 'failed' and (n.message_id = m.id or b.message_id = m.id))
    group by 1`;
  return rows
    .filter(({ recipient, messages }) => messages.length > (model.counted.get(recipient) ?? 0))
    .map(({ recipient, messages }) => `never told: ${messages.join(", ")} to ${recipient}; counted: ${model.counted.get(recipient) ?? 0}`);
}
