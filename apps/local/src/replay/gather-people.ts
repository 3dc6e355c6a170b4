import type { SupabaseClient } from "@supabase/supabase-js";
import type { Sql } from "postgres";
import type { Cast, CastMember } from "./cast-people.ts";
import type { StackAddress } from "./find-stack.ts";
import { inParallel } from "./in-parallel.ts";
import { ApiError, type SignedIn, signInOrUp } from "./sign-in.ts";

/** A person of the replay, signed in. */
export interface Speaker extends SignedIn {
  /** The handle they have, which need not be the one they asked for. */
  handle: string;
}

/** Hashing passwords keeps the stack's one process busy; more at once only wait for each other. */
const SIGN_UPS_AT_ONCE = 4;

/** Signs everybody of the cast in, adds them to the event and learns their handles. Throws ApiError. */
export async function gatherPeople(
  stack: StackAddress,
  organizer: SignedIn,
  eventId: string,
  { people }: Cast,
  onProgress: (done: number) => void,
): Promise<Map<CastMember, Speaker>> {
  let done = 0;
  const signedIn = await inParallel(people, SIGN_UPS_AT_ONCE, async (person) => {
    const account = await signInOrUp(stack, person);
    onProgress((done += 1));
    return account;
  });
  for (const page of pages(signedIn, 500)) {
    const { error } = await organizer.client.from("event_participants").insert(page.map(({ id }) => ({ event_id: eventId, user_id: id })));
    if (error !== null) throw new ApiError("Adding people to the event", error);
  }
  const handles = await readHandles(organizer.client, signedIn.map(({ id }) => id));
  return new Map(people.map((person, place) => {
    const account = signedIn[place]!;
    return [person, { ...account, handle: handles.get(account.id) ?? person.handle }];
  }));
}

async function readHandles(client: SupabaseClient, ids: string[]): Promise<Map<string, string>> {
  const handles = new Map<string, string>();
  for (const page of pages(ids, 50)) {
    const { data, error } = await client.from("profiles").select("user_id, handle").in("user_id", page);
    if (error !== null) throw new ApiError("Reading handles", error);
    for (const { user_id, handle } of data) handles.set(user_id, handle);
  }
  return handles;
}

/** Somebody who may be told of the event's messages. */
export interface Listener {
  id: string;
  address: string;
  /** Wants letters as messages come; whoever chose digests or none is not waited for. */
  immediate: boolean;
}

/** Everybody in the event: those who take part and the members of its organization. */
export async function listListeners(sql: Sql, eventId: string): Promise<Listener[]> {
  return sql<Listener[]>`
    select u.id, lower(u.email) as address, coalesce(p.delivery, 'immediate') = 'immediate' as immediate
    from (
      select user_id from public.event_participants where event_id = ${eventId}
      union
      select m.user_id
      from public.events e
      join public.organization_members m using (organization_id)
      where e.id = ${eventId}
    ) r
    join auth.users u on u.id = r.user_id
    left join public.notification_preferences p on p.user_id = r.user_id`;
}

/** Everybody in the event agrees to letters, and to as many as come: a replay of days takes minutes. */
export async function agreeToLetters(sql: Sql, eventId: string): Promise<void> {
  const listeners = (await listListeners(sql, eventId)).map(({ id }) => id);
  await sql`
    insert into public.notification_consents (user_id, given_at, source, wording_version)
    select u, now(), 'replay', '1' from unnest(${listeners}::uuid[]) u
    on conflict do nothing`;
  await sql`
    insert into public.notification_preferences (user_id, letters_per_day)
    select u, 1000 from unnest(${listeners}::uuid[]) u
    on conflict (user_id) do update set letters_per_day = excluded.letters_per_day`;
}

function* pages<T>(items: readonly T[], size: number): Generator<T[]> {
  for (let at = 0; at < items.length; at += size) yield items.slice(at, at + size);
}
