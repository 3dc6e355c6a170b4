import type { Sql } from "postgres";

/** People in bulk: accounts, profiles, addresses. */
export async function addCrowd(sql: Sql, count: number): Promise<void> {
  await sql`
    insert into auth.users (id, email, raw_user_meta_data)
    select gen_random_uuid(), 'person' || i || '@example.com', jsonb_build_object('display_name', 'Person ' || i)
    from generate_series(1, ${count}) i`;
  await sql`vacuum analyze auth.users, public.profiles`;
}

/** Events of one organization, each with the first so many people in it; returns their ids. */
export async function addEvents(sql: Sql, count: number, participants: number, window = 3600): Promise<string[]> {
  const events = await sql<{ id: string }[]>`
    with organization as (insert into public.organizations (name) values ('Bench Ltd') returning id)
    insert into public.events (organization_id, title, batch_window_seconds)
    select organization.id, 'Event ' || i, ${window} from organization cross join generate_series(1, ${count}) i
    returning id`;
  await sql`
    insert into public.event_participants (event_id, user_id, joined_at)
    select e, u.id, now() - interval '1 day'
    from unnest(${events.map(({ id }) => id)}::uuid[]) e
    cross join (select id from auth.users order by id limit ${participants}) u`;
  await sql`vacuum analyze public.event_participants`;
  return events.map(({ id }) => id);
}

/** Whoever writes; in no event of the crowd's. */
export async function addAuthor(sql: Sql): Promise<string> {
  const [row] = await sql<[{ id: string }]>`
    insert into auth.users (id, email) values (gen_random_uuid(), 'author@example.com') returning id`;
  return row.id;
}
