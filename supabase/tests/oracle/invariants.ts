import type { Sql } from "postgres";

/** What must hold in the database when everything is done: [what is wrong, query that finds it]. */
const FINDINGS: [string, string][] = [
  ["untold messages are left", "select * from private.untold_messages"],
  ["bursts are unfinished", "select * from private.bursts where fanned_out_at is null"],
  ["fan-out failures are left", "select * from private.fan_out_failures"],
  ["notifications are unfinished", "select * from public.notifications where status in ('pending', 'processing')"],
  ["e-mails are unfinished", "select * from public.emails where status in ('sending', 'retrying')"],
  ["dispatches are unfinished", "select * from private.dispatches where status in ('sending', 'retrying')"],
  ["incidents happened", "select * from private.incidents"],
  [
    "a notification's status is not its letter's",
    `select n.id, n.status, e.status as email from public.notifications n left join public.emails e on e.id = n.email_id
     where n.status in ('sent', 'failed') and n.status is distinct from e.status`,
  ],
  [
    "a letter without notifications",
    `select e.id from public.emails e where not exists (select from public.notifications n where n.email_id = e.id)`,
  ],
  [
    "a letter's counts disagree",
    `select e.id, p from public.emails e cross join jsonb_array_elements(e.parts) p
     where (p ->> 'count')::int < jsonb_array_length(p -> 'shown')
       or ((p ->> 'count')::int > jsonb_array_length(p -> 'shown') and jsonb_array_length(p -> 'shown') < case e.kind when 'digest' then 5 else 10 end)
       or (select count(distinct s) from jsonb_array_elements(p -> 'shown') s) < jsonb_array_length(p -> 'shown')
       or not (p -> 'shown') @> (p -> 'mentions')`,
  ],
  [
    "a message is in no burst of its event",
    `select m.id from public.chat_messages m
     left join private.burst_messages t on t.message_id = m.id
     left join private.bursts b on b.id = t.burst_id
     where b.event_id is distinct from m.event_id`,
  ],
  [
    "a burst's count is not its messages'",
    `select b.id from private.bursts b
     where b.message_count <> (select count(*) from private.burst_messages t where t.burst_id = b.id)`,
  ],
];

/** What is wrong in the database, in words. */
export async function findBrokenInvariants(sql: Sql): Promise<string[]> {
  const broken: string[] = [];
  for (const [what, query] of FINDINGS) {
    const rows = await sql.unsafe(query);
    if (rows.length > 0) broken.push(`${what}: ${JSON.stringify(rows.slice(0, 3))}`);
  }
  return broken;
}
