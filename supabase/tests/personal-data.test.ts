import type { Sql } from "postgres";
import { expect } from "vitest";
import { createStage, type Stage } from "./delivery/delivery-stage.ts";
import { test } from "./concurrency/database-test.ts";
import type { TestDatabase } from "./harness/test-database.ts";

/** Columns of type uuid that hold the id of something else than a person. */
const NOT_PEOPLE = new Set(["id", "event_id", "organization_id", "email_id", "dispatch_id", "last_failed_dispatch", "email_ids", "client_key", "emails_after", "subject"]);

async function uuidColumns(sql: Sql): Promise<{ name: string; references_users: boolean; on_delete: string | null }[]> {
  return sql`
    select format('%I.%I.%I', s.nspname, c.relname, a.attname) as name,
      k.oid is not null as references_users, k.confdeltype::text as on_delete
    from pg_attribute a
    join pg_class c on c.oid = a.attrelid and c.relkind in ('r', 'p')
    join pg_namespace s on s.oid = c.relnamespace and s.nspname in ('public', 'private')
    left join pg_constraint k on k.conrelid = c.oid and k.contype = 'f' and k.confrelid = 'auth.users'::regclass and a.attnum = any(k.conkey)
    where a.attnum > 0 and not a.attisdropped and a.atttypid in ('uuid'::regtype, 'uuid[]'::regtype)
    order by 1`;
}

test("every column that may hold a person's id is exported and erased, or known to hold something else", async ({ database }) => {
  const { sql } = database;
  const declared = new Set((await sql<{ name: string }[]>`select relation || '.' || column_name as name from private.personal_columns()`).map(({ name }) => name));
  const columns = await uuidColumns(sql);
  const forgotten = columns.filter(({ name, references_users }) => {
    const column = name.split(".")[2]!;
    if (declared.has(name)) return false;
    return references_users ? column !== "user_id" : !NOT_PEOPLE.has(column);
  });
  expect(forgotten.map(({ name }) => name), "add them to private.personal_columns() in 82_personal_data.sql, or to NOT_PEOPLE if they hold no person's id").toEqual([]);
  expect([...declared].filter((name) => !columns.some((column) => column.name === name)), "not there any more").toEqual([]);
  const tables = new Set([...declared, ...columns.filter(({ references_users }) => references_users).map(({ name }) => name)].map((name) => name.replace(/\.\w+$/, "")));
  const named = await sql<{ name: string }[]>`
    select table_schema || '.' || table_name as table, format('%I.%I.%I', table_schema, table_name, column_name) as name
    from information_schema.columns join information_schema.tables using (table_schema, table_name)
    where table_type = 'BASE TABLE' and table_schema in ('public', 'private')
      and column_name ~ '(^|_)(address|email|display_name|handle|phone|ip|user_agent)$' and data_type <> 'uuid'`;
  const withoutPerson = named.map(({ name }) => name).filter((name) => !tables.has(name.replace(/\.\w+$/, "")));
  // The one has rules of its own, the other is the sender's.
  expect(withoutPerson.sort(), "erase and export them, too").toEqual(["private.settings.postal_address", "private.suppressions.address"]);
  const stay = columns.filter(({ references_users, on_delete, name }) => references_users && on_delete !== "c" && name !== "public.chat_messages.user_id");
  expect(stay, "these rows would keep a person's account from being deleted, or outlive it").toEqual([]);
});

/** What is known of Pat: everything that must be in the export, and nowhere after an erasure. */
const ADDRESS = "pat.quixote@example.com";
const SECRETS = ["quixote", "zanzibar", "kumquat", "xylophone"];

/**
 * Pat writes, is mentioned, gets letters that arrive, bounce, fail and are composed again, unsubscribes, is an operator,
 * and is told about in other people's letters.
 */
async function liveALife(database: TestDatabase): Promise<{ stage: Stage; pat: string }> {
  const stage = await createStage(database, { readers: 3 });
  const { sql, people, event } = stage;
  const pat = people[1]!;
  await sql`update auth.users set email = ${ADDRESS}, raw_user_meta_data = '{"full_name": "Pat Quixote"}' where id = ${pat}`;
  await sql`update public.profiles set handle = 'quixote', display_name = 'Pat Quixote', locale = 'de', time_zone = 'Europe/Berlin' where user_id = ${pat}`;
  await sql`insert into auth.identities (id, provider, provider_id, user_id, identity_data) values (gen_random_uuid(), 'email', ${pat}, ${pat}, ${sql.json({ email: ADDRESS })})`;
  await sql`insert into auth.sessions (id, user_id, created_at) values (gen_random_uuid(), ${pat}, now())`;
  await sql`insert into auth.audit_log_entries (id, payload, created_at) values (gen_random_uuid(), ${sql.json({ actor_id: pat, actor_username: ADDRESS })}, now())`;
  await sql`insert into private.operators (user_id) values (${pat})`;
  const asPat = database.connectAs("authenticated", pat, { max: 1 });

  // Others hear of Pat, in a letter that arrives and in one that fails and is composed again.
  await sql`insert into public.chat_messages (event_id, user_id, body) values (${event}, ${pat}, 'zanzibar'), (${event}, ${pat}, 'later withdrawn: kumquat')`;
  await stage.tell("@quixote hello");
  await stage.drain();
  await sql`update public.chat_messages set deleted_at = now() where body like '%kumquat'`;
  await asPat`select public.mark_event_read(${event}, 1)`;
  await sql`insert into public.chat_messages (event_id, user_id, body) values (${event}, ${pat}, 'xylophone')`;
  stage.fault({ kind: "invalid_named", match: { to: "user3@example.com" } });
  await stage.tell("again");
  await stage.drain();
  await asPat`select public.retry_emails(array(select id from public.emails where status = 'failed'))`;
  await stage.drain();

  // Pat's own letters are reported back, one bounces.
  const letters = await sql<{ id: string }[]>`select id from public.emails where user_id = ${pat} order by created_at`;
  for (const [i, { id }] of letters.entries()) {
    await stage.worker().database.receiveWebhookEvent({
      svixId: `msg_${i}`, type: i === 0 ? "email.delivered" : "email.bounced", occurredAt: stage.now().toISOString(),
      emailId: id, providerId: `re_${i}`, address: null, detail: i === 0 ? null : "Permanent",
    });
  }
  await sql`insert into private.bounce_scores (address_hash, score, updated_at) values (private.address_hash(${ADDRESS}), 1, now())`;
  await sql`select private.unsubscribe(${pat}, 'event', ${event}, 'page')`;
  await asPat`select public.pause_delivery('organization', ${event})`;
  await sql`insert into private.alerts (name, opened_at, value, worst, acknowledged_by) select name, now(), 1, 1, ${pat} from private.alert_rules limit 1`;
  await sql`insert into public.blocked_senders (user_id, sender_id) values (${people[2]!}, ${pat}), (${pat}, ${people.at(-1)!})`;
  await sql`select private.record_incident('mention', 'XX000', 'x', ${event}, null, ${pat})`;
  await sql`insert into private.missed_mentions (message_id, event_id, author_id) values (9999, ${event}, ${pat})`;
  await sql`update private.bursts set fan_out_after = ${pat}`;
  return { stage, pat };
}

/** Tables of all schemas in which a row, as JSON, says any of these words. */
async function whereFound(sql: Sql, words: string[]): Promise<string[]> {
  const tables = await sql<{ name: string }[]>`
    select format('%I.%I', s.nspname, c.relname) as name
    from pg_class c join pg_namespace s on s.oid = c.relnamespace
    where c.relkind in ('r', 'p') and s.nspname !~ '^pg_|^information_schema$'`;
  const found: string[] = [];
  for (const { name } of tables) {
    const rows = await sql.unsafe<{ row: string }[]>(`select to_jsonb(t)::text as row from ${name} t`);
    for (const { row } of rows) for (const word of words) if (row.toLowerCase().includes(word.toLowerCase())) found.push(`${name}: ${word}`);
  }
  return [...new Set(found)].sort();
}

const counts = async (sql: Sql) => {
  const [row] = await sql`
    select (select json_agg(status order by id) from public.notifications) as notifications,
      (select json_agg(status order by id) from public.emails) as letters,
      (select count(*)::int from public.chat_messages) as messages,
      (select json_agg(letter_count order by id) from private.dispatches) as dispatches`;
  return row;
};

test("a person's copy has everything that is held about them, and nothing that lets somebody in or is somebody else's", async ({ database }) => {
  const { stage: { sql, people }, pat } = await liveALife(database);
  const asPat = database.connectAs("authenticated", pat, { max: 1 });
  await sql`update auth.users set encrypted_password = 'hash-of-it', recovery_token = 'secret-token' where id = ${pat}`;
  const [{ mine }] = await asPat<[{ mine: { account: Record<string, unknown>; held: Record<string, unknown[]> } }]>`select public.export_my_data() as mine`;
  expect(mine.account).toMatchObject({ id: pat, email: ADDRESS, raw_user_meta_data: { full_name: "Pat Quixote" }, identities: [{ provider: "email" }], sessions: [{ user_id: pat }] });
  const filled = Object.entries(mine.held).filter(([, rows]) => rows.length > 0).map(([table]) => table);
  // Wherever the person's id or address stands, the copy has it.
  const held = (await whereFound(sql, [pat, ADDRESS])).map((hit) => hit.split(":")[0]!);
  const elsewhere = ["private.bursts", "private.dispatches"];
  expect(new Set(held.filter((table) => !table.startsWith("auth.") && !elsewhere.includes(table) && !filled.includes(table)))).toEqual(new Set());
  expect(filled).toEqual(expect.arrayContaining(["private.webhook_events", "private.suppressions", "private.bounce_scores", "private.unsubscribings", "private.audit_log", "public.address_problems", "public.chat_messages", "public.emails", "public.notifications", "public.profiles"]));
  const text = JSON.stringify(mine);
  for (const word of ["zanzibar", "xylophone", "Europe/Berlin", "Permanent"]) expect(text).toContain(word);
  for (const word of ["hash-of-it", "secret-token", people[0]!, people[2]!, "user1@example.com", "user3@example.com"]) expect(text).not.toContain(word);
  expect(await sql`select count(*)::int as count from private.audit_log where action = 'export_my_data' and details ->> 'person' = private.person_hash(${pat})`).toEqual([{ count: 1 }]);
  const asNobody = database.connectAs("anon", null, { max: 1 });
  await expect(asNobody`select public.export_my_data()`).rejects.toMatchObject({ code: "42501" });
});

test.for([
  ["forget_me()", "self", (database: TestDatabase, pat: string) => database.connectAs("authenticated", pat, { max: 1 })`select public.forget_me() as done`],
  ["deleting the account", "account_deleted", (database: TestDatabase, pat: string) => database.sql`delete from auth.users where id = ${pat}`],
] as const)("after %s nothing is left of a person but counts and a salted hash", async ([, askedBy, forget], { database }) => {
  const { stage, pat } = await liveALife(database);
  const { sql } = stage;
  const words = [pat, ADDRESS, "Pat Quixote", ...SECRETS];
  const before = await counts(sql);
  const [{ hash }] = await sql<[{ hash: string }]>`select private.person_hash(${pat}) as hash`;
  expect((await whereFound(sql, words)).length).toBeGreaterThan(20);
  await forget(database, pat);
  // What somebody else wrote stays theirs, the name in it too.
  expect(await whereFound(sql, words)).toEqual(["private.dispatches: quixote", "public.chat_messages: quixote"]);
  expect(await counts(sql)).toEqual(before);
  const suppressions = await sql`select address, reason, address_hash = private.address_hash(${ADDRESS}) as same from private.suppressions`;
  expect([...suppressions]).toEqual([{ address: null, reason: "bounced", same: true }]);
  expect(await sql`select count(*)::int as count from private.bounce_scores`).toEqual([{ count: 0 }]);
  const audited = await sql`select details - 'person' as details from private.audit_log where action = 'forget_person' and details ->> 'person' = ${hash}`;
  expect([...audited]).toEqual([{ details: { asked_by: askedBy, letters: expect.any(Number), messages: 3 } }]);
  // Other people's letters lack what the person wrote, and have the rest.
  const facts = await sql<{ body: string; author_name: string | null; mine: boolean }[]>`
    select m.value ->> 'body' as body, m.value ->> 'author_name' as author_name, c.user_id is null as mine
    from private.dispatches d cross join jsonb_each(d.facts -> 'messages') m join public.chat_messages c on c.id = m.key::bigint`;
  expect(new Set(facts.filter(({ mine }) => mine).map(({ body, author_name }) => `${body}${author_name}`))).toEqual(new Set(["null"]));
  expect(new Set(facts.filter(({ mine }) => !mine).map(({ body }) => body))).toEqual(new Set(["@quixote hello", "again"]));
  // A late bounce of an erased letter suppresses nobody.
  const [letter] = await sql<[{ id: string }]>`select id from public.emails where address = '' and status = 'delivered'`;
  await stage.worker().database.receiveWebhookEvent({
    svixId: "msg_late", type: "email.bounced", occurredAt: stage.now().toISOString(), emailId: letter.id, providerId: "re_x", address: null, detail: "Permanent",
  });
  expect(await sql`select count(*)::int as count from private.suppressions`).toEqual([{ count: 1 }]);
  expect(await sql`select private.finish_erasures(now() + interval '1 hour') as finished`).toEqual([{ finished: 0 }]);
  expect(await sql`select private.finish_erasures(now() + interval '25 hours') as finished`).toEqual([{ finished: 1 }]);
});

test("a letter of unknown outcome keeps its bytes until it is settled, then goes at once", async ({ database }) => {
  const stage = await createStage(database, { readers: 2 });
  const { sql, people } = stage;
  const pat = people[1]!;
  await sql`update auth.users set email = ${ADDRESS} where id = ${pat}`;
  await sql`insert into public.chat_messages (event_id, user_id, body) values (${stage.event}, ${pat}, 'zanzibar')`;
  stage.fault({ kind: "drop_after" });
  await stage.tell("hello");
  await stage.pass();
  await sql`delete from auth.users where id = ${pat}`;
  expect(await whereFound(sql, [pat, ADDRESS, "zanzibar"])).toEqual([
    `private.dispatches: ${ADDRESS}`, "private.dispatches: zanzibar", `public.emails: ${ADDRESS}`, `public.emails: ${pat}`,
  ].sort());
  stage.wait(3600);
  await stage.drain();
  expect(stage.requests[1]).toEqual(stage.requests[0]);
  expect(await whereFound(sql, [pat, ADDRESS, "zanzibar"])).toEqual([]);
  expect(await sql`select status, count(*)::int as count from public.emails group by 1`).toEqual([{ status: "sent", count: 3 }]);
});

test("a letter whose outcome nobody finds out is erased when it is given up, 23 hours after", async ({ database }) => {
  const stage = await createStage(database, { readers: 2 });
  const { sql, people } = stage;
  const pat = people[1]!;
  await sql`update auth.users set email = ${ADDRESS} where id = ${pat}`;
  stage.fault({ kind: "drop_before" });
  await stage.tell("hello");
  await stage.pass();
  await sql`delete from auth.users where id = ${pat}`;
  expect(await whereFound(sql, [ADDRESS])).toEqual(["private.dispatches: " + ADDRESS, "public.emails: " + ADDRESS]);
  stage.wait(23.5 * 3600);
  await stage.drain();
  expect(await whereFound(sql, [ADDRESS, pat])).toEqual([]);
  expect(await sql`select private.finish_erasures(now() + interval '25 hours') as finished`).toEqual([{ finished: 1 }]);
});

test("what was being composed while somebody was forgotten is found a day later", async ({ database }) => {
  const stage = await createStage(database, { readers: 2 });
  const { sql, people } = stage;
  const pat = people[1]!;
  await sql`insert into public.chat_messages (event_id, user_id, body) values (${stage.event}, ${pat}, 'zanzibar')`;
  await stage.tell("hello");
  await stage.drain();
  const saved = await sql<{ id: string; facts: object }[]>`select id, facts from private.dispatches`;
  await sql`delete from auth.users where id = ${pat}`;
  expect(await whereFound(sql, ["zanzibar"])).toEqual([]);
  // As if its transaction had committed a moment later.
  for (const { id, facts } of saved) await sql`update private.dispatches set facts = ${sql.json(facts as never)} where id = ${id}`;
  expect(await sql`select private.finish_erasures(now()) as finished`).toEqual([{ finished: 0 }]);
  expect(await sql`select private.finish_erasures(now() + interval '25 hours') as finished`).toEqual([{ finished: 1 }]);
  expect(await whereFound(sql, ["zanzibar"])).toEqual([]);
  expect(await sql`select email_ids, message_ids from private.erasures`).toEqual([{ email_ids: [], message_ids: [] }]);
});
