import type { Sql } from "postgres";
import { createLetterRenderer } from "../../../packages/emails/src/render-letter.ts";
import { createAppLinks } from "../../../packages/emails/src/letter-links.ts";
import type { DeliveryDeps } from "../../../packages/core/src/deliver-dispatch.ts";
import { toKeys } from "../../../packages/core/src/unsubscribe-keys.ts";
import { createUnsubscribeLinks } from "../../../packages/core/src/unsubscribe-links.ts";
import { createPostgresDatabase } from "../../../packages/core/src/postgres-database.ts";
import { madeProgress, processPass } from "../../../packages/core/src/process-pass.ts";
import { createResendProvider } from "../../../packages/core/src/resend-provider.ts";
import { createResendSimulator, type ResendSimulator } from "../../../packages/resend-simulator/src/simulator.ts";

/** People with handles `user1` …, addresses `user1@example.com` …; returns their ids in that order. */
export async function addPeople(sql: Sql, count: number): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    with added as (
      insert into auth.users (id, email, raw_user_meta_data)
      select gen_random_uuid(), 'user' || i || '@example.com',
        jsonb_build_object('handle', 'user' || i, 'display_name', 'User ' || i)
      from generate_series(1, ${count}) i
      returning id, email
    )
    select id from added order by length(email), email`;
  return rows.map(({ id }) => id);
}

/** An event of a new organization; windows in seconds, null takes the deployment's 120. */
export async function addEvent(
  sql: Sql,
  { title = "Summer Festival", participants = [], members = [], organizers = [], window = null }: {
    title?: string; participants?: string[]; members?: string[]; organizers?: string[]; window?: number | null;
  },
): Promise<string> {
  const [row] = await sql<[{ id: string }]>`
    with organization as (
      insert into public.organizations (name) values (${`${title} Ltd`}) returning id
    ), event as (
      insert into public.events (organization_id, title, batch_window_seconds)
      select id, ${title}, ${window} from organization
      returning id, organization_id
    ), participants as (
      insert into public.event_participants (event_id, user_id, role)
      select event.id, p.user_id, p.role
      from event
      cross join (
        select unnest(${participants}::uuid[]) as user_id, 'participant' as role
        union all
        select unnest(${organizers}::uuid[]), 'organizer'
      ) p
    ), members as (
      insert into public.organization_members (organization_id, user_id)
      select event.organization_id, m from event cross join unnest(${members}::uuid[]) m
    )
    select id from event`;
  return row.id;
}

/** Writes a message as the owner would (no row-level security); returns its id. */
export async function post(sql: Sql, eventId: string, authorId: string, body: string): Promise<string> {
  const [row] = await sql<[{ id: string }]>`
    insert into public.chat_messages (event_id, user_id, body) values (${eventId}, ${authorId}, ${body}) returning id`;
  return row.id;
}

/** The deployment for which the tests' template database has delivery switched on, without rate limits. */
export const TEST_DEPLOYMENT = "http://deployment.test";

/** Sign the links of the tests' letters. */
export const TEST_KEYS = toKeys(["a_key_of_the_tests_that_is_long_enough"]);

/** What a processor needs, at a time of the test's choosing, sending into a simulator without limits. */
export function createDelivery(sql: Sql, asOf: () => Date, simulator: ResendSimulator = createResendSimulator({ requestsPerSecond: null })) {
  const deps: DeliveryDeps = {
    database: createPostgresDatabase(sql, { deploymentUrl: TEST_DEPLOYMENT, tokenKeyId: TEST_KEYS.signingId, asOf }),
    provider: createResendProvider({
      apiKey: "re_test",
      baseUrl: "http://resend.test",
      fetch: (input, init) => simulator.fetch(new Request(input, { ...init, headers: { "user-agent": "test", ...init?.headers } })),
    }),
    createRenderer: (facts) => createLetterRenderer(facts, createAppLinks(facts.urls, createUnsubscribeLinks(facts, TEST_KEYS))),
    random: () => 0.5,
    noteRateLimit: () => {},
    log: () => {},
  };
  return { deps, simulator };
}

/** Passes until nothing is due; returns the number of letters that were claimed. */
export async function drain(deps: DeliveryDeps, batchSize = 100): Promise<number> {
  let letters = 0;
  for (;;) {
    const pass = await processPass(deps, batchSize);
    letters += pass.letters;
    if (!madeProgress(pass)) return letters;
  }
}

/** A moment so many seconds after now, for deciding "as of" then. */
export function later(seconds: number): Date {
  return new Date(Date.now() + seconds * 1000);
}
