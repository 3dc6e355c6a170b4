import type { Sql } from "postgres";
import type { LetterContents, PostedMessage } from "./judge-letters.ts";

/** How far the engine is with an event. */
export interface Progress {
  /** Messages without a burst, bursts not settled or fanned out, notifications without an outcome. 0: all has been told. */
  open: number;
  /** Grows while something happens. */
  done: number;
  bursts: number;
  notifications: number;
}

/** What is still to be told to those who want letters as messages come; digests wait for their hour. */
export async function readProgress(sql: Sql, eventId: string): Promise<Progress> {
  const [row] = await sql<[Progress]>`
    select
      (
        (select count(*) from private.untold_messages where event_id = ${eventId})
        + b.unfinished
        + n.unfinished
      )::integer as open,
      (b.bursts + b.finished + n.notifications + n.finished)::integer as done,
      b.bursts::integer as bursts,
      n.notifications::integer as notifications
    from (
      select count(*) as bursts, count(fanned_out_at) as finished, count(*) - count(fanned_out_at) as unfinished
      from private.bursts
      where event_id = ${eventId}
    ) b
    cross join (
      select
        count(*) as notifications,
        count(*) filter (where status not in ('pending', 'processing')) as finished,
        count(*) filter (where status = 'processing' or (status = 'pending' and lane < 2)) as unfinished
      from public.notifications
      where event_id = ${eventId}
    ) n`;
  return row;
}

/** What each letter about an event tells, by the provider's id of the letter. */
export async function readContents(sql: Sql, eventId: string): Promise<Map<string, LetterContents>> {
  const bursts = await sql<{ burst_id: string; messages: string[] }[]>`
    select m.burst_id::text as burst_id, array_agg(m.message_id::text) as messages
    from private.bursts b
    join private.burst_messages m on m.burst_id = b.id
    where b.event_id = ${eventId}
    group by m.burst_id`;
  const messagesOf = new Map(bursts.map(({ burst_id, messages }) => [burst_id, messages]));
  const rows = await sql<{ provider_id: string; bursts: string[]; mentions: string[] }[]>`
    select e.provider_id,
      coalesce(array_agg(n.burst_id::text) filter (where n.burst_id is not null), '{}') as bursts,
      coalesce(array_agg(n.message_id::text) filter (where n.message_id is not null), '{}') as mentions
    from public.notifications n
    join public.emails e on e.id = n.email_id
    where n.event_id = ${eventId}
      and e.provider_id is not null
    group by e.provider_id`;
  return new Map(rows.map(({ provider_id, bursts, mentions }) => [
    provider_id,
    { mentions, burst: bursts.flatMap((burst) => messagesOf.get(burst) ?? []) },
  ]));
}

/** The messages that stand in an event's chat. */
export async function readMessages(sql: Sql, eventId: string): Promise<PostedMessage[]> {
  return sql<PostedMessage[]>`
    select id::text as id, user_id as "authorId" from public.chat_messages where event_id = ${eventId} order by id`;
}

/** Up to which message people have read the event's chat. */
export async function readMarks(sql: Sql, eventId: string): Promise<Map<string, string>> {
  const rows = await sql<{ user_id: string; read_up_to: string }[]>`
    select user_id, read_up_to::text as read_up_to
    from private.recipient_states
    where event_id = ${eventId}
      and read_up_to is not null`;
  return new Map(rows.map(({ user_id, read_up_to }) => [user_id, read_up_to]));
}

/** The longest that a message waits by rule: its event's window or a mention's grace, in seconds. */
export async function readLongestWait(sql: Sql, eventId: string): Promise<number> {
  const [row] = await sql<[{ seconds: number }]>`
    select greatest(extract(epoch from private.batch_window(${eventId})), s.mention_grace_seconds)::integer as seconds
    from private.settings s`;
  return row.seconds;
}
