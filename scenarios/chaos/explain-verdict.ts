import type { ScratchDatabase } from "./scratch-database.ts";
import type { Pair, Verdict } from "./tally.ts";

/** For finding the cause: what the ledger and our tables say of the first pairs that went wrong, a JSON line each. */
export async function explainVerdict({ lost, doubled, unexpected }: Verdict, database: ScratchDatabase): Promise<string[]> {
  const wrong: [string, Pair][] = [["lost", lost], ["doubled", doubled], ["unexpected", unexpected]].flatMap(([name, pairs]) =>
    (pairs as Pair[]).slice(0, 3).map((pair): [string, Pair] => [name as string, pair]),
  );
  const lines: string[] = [];
  for (const [name, { address, token, letters }] of wrong) {
    const accepted = letters.map(({ id, acceptedAt, idempotencyKey }) => ({ id, acceptedAt, idempotencyKey }));
    lines.push(JSON.stringify({ [name]: token, address, accepted, tables: await readTables(database, address, token) }));
  }
  return lines;
}

async function readTables(database: ScratchDatabase, address: string, token: string): Promise<unknown> {
  return database.persist(async (sql) => {
    const [message] = await sql`
      select m.id, m.event_id, m.created_at, m.body, u.posted_at as untold_since, b.burst_id,
        (select to_jsonb(x) from private.bursts x where x.id = b.burst_id) as burst
      from public.chat_messages m
      left join private.untold_messages u on u.message_id = m.id and u.event_id = m.event_id
      left join private.burst_messages b on b.message_id = m.id
      where m.body like ${`%${token}`}`;
    if (message === undefined) return null;
    const notifications = await sql`
      select n.*, to_jsonb(e) - 'parts' as email, to_jsonb(d) - 'facts' - 'body' as dispatch
      from public.notifications n
      join auth.users p on p.id = n.user_id
      left join public.emails e on e.id = n.email_id
      left join private.dispatches d on d.id = e.dispatch_id
      where p.email = ${address}
        and n.event_id = ${message["event_id"] as string}
        and (n.burst_id = ${message["burst_id"] as string | null} or n.message_id = ${message["id"] as string})`;
    const incidents = await sql`select * from private.incidents order by id desc limit 3`;
    return { message, notifications, incidents };
  });
}
