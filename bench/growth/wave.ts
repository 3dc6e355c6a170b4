import { cleanSlate } from "../clean-slate.ts";
import { endWindows } from "../make-due.ts";
import { timed } from "../measure.ts";
import type { Crowd } from "./tenfold.ts";

interface Claim {
  letters: { parts: { mentions: string[] }[] }[];
}

/** Everybody's digests of ten events are due when somebody is mentioned: the next claim must have it. */
export async function mentionBehindWave({ database: { sql }, author, sizes, rooms }: Crowd): Promise<Record<string, number>> {
  const events = rooms.get(sizes.at(-1)!)!;
  await cleanSlate(sql);
  await sql`insert into public.chat_messages (event_id, user_id, body) select e, ${author}, 'The doors open at seven.' from unnest(${events}::uuid[]) e`;
  await endWindows(sql);
  await sql`select private.settle_bursts()`;
  // As fan-out would have written them for people who chose digests, long before.
  await sql`truncate public.notifications`;
  await sql`
    insert into public.notifications (user_id, event_id, burst_id, lane, scheduled_for)
    select p.user_id, b.event_id, b.id, 2, now() - interval '1 minute'
    from private.bursts b join public.event_participants p on p.event_id = b.event_id`;
  await sql`update private.bursts set fanned_out_at = now()`;
  await sql`vacuum analyze public.notifications, private.bursts, private.burst_messages`;

  const [{ handle }] = await sql<[{ handle: string }]>`
    select p.handle from public.event_participants e join public.profiles p using (user_id) where e.event_id = ${events[0]!} order by user_id desc limit 1`;
  const [{ id }] = await sql<[{ id: string }]>`
    insert into public.chat_messages (event_id, user_id, body) values (${events[0]!}, ${author}, ${`@${handle} are you coming?`}) returning id::text`;
  // Not the one claim in ten that begins with the last lane.
  await sql`select setval('private.claim_turns', 1)`;
  let claims: Claim[] = [];
  const ms = await timed(async () => {
    claims = await sql<Claim[]>`select letters from public.get_pending_notifications(100)`;
  });
  const told = claims.some(({ letters }) => letters.some(({ parts }) => parts.some(({ mentions }) => mentions.includes(id))));
  if (!told) throw new Error("The next claim did not have the mention.");
  return { "next claim": ms };
}
