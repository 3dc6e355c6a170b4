import type { Sql } from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createPostgresUnsubscribing, type Unsubscribing } from "../../packages/core/src/unsubscribe-database.ts";
import { unsubscribe } from "../../packages/core/src/unsubscribe.ts";
import { toKeys } from "../../packages/core/src/unsubscribe-keys.ts";
import { sealUnsubscribeToken, type UnsubscribeClaim } from "../../packages/core/src/unsubscribe-token.ts";
import { createTestDatabase, type TestDatabase } from "./harness/test-database.ts";
import { addEvent, addPeople, TEST_KEYS } from "./harness/world.ts";

const FUNCTION = "https://project.supabase.co/functions/v1/unsubscribe";
const APP = "http://localhost:3000";

let database: TestDatabase;
let sql: Sql;
let notifier: Sql;
let people: string[];
let event: string;
let other: string;
let next = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  ({ sql } = database);
  notifier = database.connectAs("notifier");
  people = await addPeople(sql, 40);
  event = await addEvent(sql, { participants: people });
  other = await addEvent(sql, { title: "Another", participants: people });
});
afterAll(() => database.drop());

/** Somebody whom no test has touched. */
const somebody = () => people[next++]!;
const logged: unknown[] = [];
const call = (request: Request) =>
  unsubscribe(request, { database: createPostgresUnsubscribing(notifier), keys: TEST_KEYS, log: (...line) => logged.push(line) });
const tokenOf = (userId: string, scope: UnsubscribeClaim["scope"], keys = TEST_KEYS) =>
  sealUnsubscribeToken({ userId, scope, eventId: scope === "event" ? event : null }, keys.signingId, keys);
const oneClick = (token: string, body: BodyInit = new URLSearchParams({ "List-Unsubscribe": "One-Click" })) =>
  call(new Request(`${FUNCTION}?token=${token}`, { method: "POST", body }));
const page = async (token: string, action: string, choice?: unknown): Promise<Unsubscribing & { code?: string }> => {
  const response = await call(new Request(FUNCTION, {
    method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ action, token, choice }),
  }));
  return (await response.json()) as Unsubscribing;
};
const state = async (userId: string) => {
  const [row] = await sql<[{ delivery: string; level: string; elsewhere: string; no_digests: boolean }]>`
    select coalesce(private.setting_of(${userId}, private.every_event()), '-') as delivery,
      coalesce(private.setting_of(${userId}, ${event}), '-') as level, coalesce(private.setting_of(${userId}, ${other}), '-') as elsewhere,
      private.refuses_digests(${userId}) as no_digests`;
  return `${row.delivery} ${row.level} ${row.elsewhere}${row.no_digests ? " no digests" : ""}`;
};
const setDelivery = (userId: string, delivery: string) =>
  sql`insert into public.notification_preferences (user_id, delivery) values (${userId}, ${delivery})
    on conflict (user_id) do update set delivery = excluded.delivery`;
const auditOf = async (userId: string) =>
  (await sql<{ entry: string }[]>`
    select concat_ws(' ', action, details ->> 'from', details ->> 'to', details ->> 'source', actor) as entry
    from private.audit_log where details ->> 'person' = private.person_hash(${userId}) and details ? 'source' order by id`).map(({ entry }) => entry);

describe("one click", () => {
  const form = (fields: Record<string, string>) => {
    const data = new FormData();
    for (const [name, value] of Object.entries(fields)) data.set(name, value);
    return data;
  };

  test.each([
    ["urlencoded", () => new URLSearchParams({ "List-Unsubscribe": "One-Click" })],
    ["multipart", () => form({ "List-Unsubscribe": "One-Click" })],
  ])("in a form that is %s it answers 200 without content, cookie or redirect, as often as it comes", async (_, body) => {
    const person = somebody();
    for (let time = 0; time < 3; time += 1) {
      const response = await oneClick(tokenOf(person, "event"), body());
      expect([response.status, await response.text(), response.headers.get("set-cookie"), response.headers.get("location")]).toEqual([200, "", null, null]);
      expect(await state(person)).toBe("- none -");
    }
    expect(await auditOf(person)).toEqual(["unsubscribe none one_click"]);
  });

  test("stops what its letter was about: the event, the digests, or everything", async () => {
    const [anyone, daily, immediate, everything] = [somebody(), somebody(), somebody(), somebody()];
    await setDelivery(daily, "daily");
    await oneClick(tokenOf(anyone, "event"));
    await oneClick(tokenOf(daily, "digest"));
    await oneClick(tokenOf(immediate, "digest"));
    await oneClick(tokenOf(everything, "all"));
    expect(await Promise.all([anyone, daily, immediate, everything].map(state))).toEqual([
      "- none -", "off - -", "- - - no digests", "off - -",
    ]);
  });

  test("twenty times at once is once", async () => {
    const person = somebody();
    const answers = await Promise.all(Array.from({ length: 20 }, () => oneClick(tokenOf(person, "event"))));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(await auditOf(person)).toEqual(["unsubscribe none one_click"]);
    expect((await page(tokenOf(person, "event"), "undo")).level).toBe("all");
  });

  test.each<[string, BodyInit | null]>([
    ["nothing", null],
    ["another form", new URLSearchParams({ hello: "world" })],
    ["both answers", new URLSearchParams([["List-Unsubscribe", "One-Click"], ["List-Unsubscribe", "No"]])],
    ["text", "List-Unsubscribe=One-Click"],
  ])("%s in the form is no one click", async (_, body) => {
    const person = somebody();
    const response = await oneClick(tokenOf(person, "event"), body as BodyInit);
    expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([400, "not_understood"]);
    expect(await state(person)).toBe("- - -");
  });

  test("a large body is not read", async () => {
    const response = await oneClick(tokenOf(people[0]!, "event"), new URLSearchParams({ "List-Unsubscribe": "x".repeat(20_000) }));
    expect(response.status).toBe(413);
  });
});

describe("a link", () => {
  test.each(["GET", "HEAD"])("%s changes nothing and leads to the web app's page", async (method) => {
    const token = tokenOf(somebody(), "event");
    const response = await call(new Request(`${FUNCTION}?token=${token}`, { method }));
    expect([response.status, response.headers.get("location"), response.headers.get("cache-control")]).toEqual([303, `${APP}/unsubscribe?token=${token}`, "no-store"]);
    expect((await call(new Request(`${FUNCTION}?token=%0d%0aSet-Cookie:x&token=2`, { method }))).headers.get("location")).toBe(`${APP}/unsubscribe?token=%0D%0ASet-Cookie%3Ax`);
    expect((await call(new Request(FUNCTION, { method }))).headers.get("location")).toBe(`${APP}/unsubscribe`);
  });

  test("altered, truncated, of another deployment or of a retired key is refused, for machines and for pages", async () => {
    const person = somebody();
    const token = tokenOf(person, "event");
    const retired = toKeys(["a_key_that_was_taken_out_of_the_list"]);
    const cases: [string, string, number][] = [
      [token.replace(/^(.{20})./, (_, head: string) => `${head}${token[20] === "A" ? "B" : "A"}`), "token_invalid", 400],
      [token.slice(0, -1), "token_invalid", 400],
      ["", "token_invalid", 400],
      ["nonsense", "token_invalid", 400],
      [tokenOf(person, "event", retired), "key_retired", 410],
    ];
    for (const [bad, code, status] of cases) {
      const response = await oneClick(bad);
      expect([bad, response.status, ((await response.json()) as { code: string }).code]).toEqual([bad, status, code]);
      for (const action of ["describe", "confirm", "undo"]) expect((await page(bad, action)).code).toBe(code);
    }
    expect(await state(person)).toBe("- - -");
    expect(await auditOf(person)).toEqual([]);
  });

  test("of one person changes nobody else", async () => {
    const before = await sql`select user_id, level from public.event_notification_preferences order by 1`;
    const person = somebody();
    await oneClick(tokenOf(person, "event"));
    const after = await sql`select user_id, level from public.event_notification_preferences where user_id <> ${person} order by 1`;
    expect([...after]).toEqual([...before]);
  });

  test("nothing but GET, HEAD, OPTIONS and POST is taken", async () => {
    const response = await call(new Request(`${FUNCTION}?token=${tokenOf(people[0]!, "all")}`, { method: "DELETE" }));
    expect([response.status, response.headers.get("allow")]).toEqual([405, "GET, HEAD, OPTIONS, POST"]);
  });

  test("never gets into the log, and neither do ids", () => {
    expect(JSON.stringify(logged)).not.toMatch(/[\w-]{36,}/);
    expect(logged.length).toBeGreaterThan(5);
  });
});

describe("the page", () => {
  test("learns what the link stops and how that stands", async () => {
    const person = somebody();
    const described = await page(tokenOf(person, "event"), "describe");
    expect(described).toEqual({
      scope: "event", event: { id: event, title: "Summer Festival", organization_name: "Summer Festival Ltd" },
      stopped: false, level: "all", delivery: "immediate", can_undo: false,
      choices: { level: ["none", "mentions", "all"], delivery: ["off", "weekly", "daily", "hourly", "immediate"] },
    });
    expect(await page(tokenOf(person, "all"), "describe")).toMatchObject({ scope: "all", event: null, stopped: false, level: null, choices: { level: [] } });
    await setDelivery(person, "daily");
    expect(await page(tokenOf(person, "digest"), "describe")).toMatchObject({ stopped: false, delivery: "daily", choices: { delivery: ["off", "weekly", "daily"] } });
  });

  test("stops and takes back", async () => {
    const person = somebody();
    await setDelivery(person, "daily");
    for (const [scope, off] of [["event", "daily none -"], ["digest", "off - -"], ["all", "off - -"]] as const) {
      expect(await page(tokenOf(person, scope), "confirm")).toMatchObject({ stopped: true, can_undo: true });
      expect(await state(person)).toBe(off);
      expect(await page(tokenOf(person, scope), "undo")).toMatchObject({ stopped: false, can_undo: false });
      expect(await state(person)).toBe("daily - -");
      expect(await page(tokenOf(person, scope), "undo")).toMatchObject({ stopped: false });
    }
    expect(await auditOf(person)).toEqual([
      "unsubscribe none page", "undo_unsubscribing none page", "unsubscribe daily off page", "undo_unsubscribing off daily page",
      "unsubscribe daily off page", "undo_unsubscribing off daily page",
    ]);
  });

  test("takes back to what was there before the first of several changes", async () => {
    const person = somebody();
    await sql`insert into public.event_notification_preferences (user_id, event_id, level) values (${person}, ${event}, 'mentions')`;
    await oneClick(tokenOf(person, "event"));
    expect(await page(tokenOf(person, "event"), "undo")).toMatchObject({ level: "mentions" });
    await page(tokenOf(person, "all"), "choose", { delivery: "daily" });
    await page(tokenOf(person, "all"), "confirm");
    expect(await page(tokenOf(person, "all"), "undo")).toMatchObject({ delivery: "immediate", can_undo: false });
  });

  test("offers finer choices, never louder than it was", async () => {
    const person = somebody();
    expect(await page(tokenOf(person, "event"), "choose", { level: "mentions" })).toMatchObject({ level: "mentions", stopped: false, can_undo: true });
    expect(await page(tokenOf(person, "event"), "choose", { level: "all" })).toMatchObject({ level: "all", can_undo: false });
    expect(await page(tokenOf(person, "event"), "choose", { delivery: "daily" })).toMatchObject({ delivery: "daily" });
    await setDelivery(person, "off");
    for (const scope of ["event", "digest", "all"] as const) {
      expect((await page(tokenOf(person, scope), "choose", { delivery: "daily" })).code).toBe("sign_in_first");
    }
    expect(await state(person)).toBe("off all -");
    expect((await page(tokenOf(person, "all"), "choose", { level: "mentions" })).code).toBe("no_such_choice");
    for (const choice of [undefined, {}, { level: "loud" }, { level: "all", delivery: "off" }, { delivery: "immediate", x: 1 }]) {
      expect((await page(tokenOf(person, "event"), "choose", choice)).code).toBe("not_understood");
    }
  });

  test("cannot take back what the person decided about since", async () => {
    const person = somebody();
    await oneClick(tokenOf(person, "all"));
    await setDelivery(person, "daily");
    expect(await page(tokenOf(person, "all"), "undo")).toMatchObject({ delivery: "daily", can_undo: false, choices: { delivery: ["off", "weekly", "daily"] } });
  });

  test("may be read by the web app and no other site", async () => {
    const preflight = await call(new Request(FUNCTION, { method: "OPTIONS", headers: { origin: "https://evil.example" } }));
    expect([preflight.status, preflight.headers.get("access-control-allow-origin"), preflight.headers.get("access-control-allow-credentials")]).toEqual([204, APP, null]);
    for (const body of ["{}", "not json", `{"action":"describe","token":"${tokenOf(people[0]!, "all")}"}`, "x".repeat(20_000)]) {
      const response = await call(new Request(FUNCTION, { method: "POST", headers: { "content-type": "application/json; charset=utf-8" }, body }));
      expect(response.headers.get("access-control-allow-origin")).toBe(APP);
    }
  });
});

test("nobody learns whether an account or an event is still there: gone looks like turned off", async () => {
  const [gone, off] = [somebody(), somebody()];
  await sql`delete from auth.users where id = ${gone}`;
  await setDelivery(off, "off");
  await sql`insert into public.event_notification_preferences (user_id, event_id, level) values (${off}, ${event}, 'none')`;
  const before = await sql`select count(*)::int as count from private.audit_log`;
  for (const scope of ["event", "digest", "all"] as const) {
    expect((await oneClick(tokenOf(gone, scope))).status).toBe(200);
    for (const [action, choice] of [["describe"], ["confirm"], ["undo"], ["choose", { delivery: "off" }], ["choose", { delivery: "daily" }], ["choose", { level: "none" }], ["choose", { level: "all" }]] as const) {
      expect(await page(tokenOf(gone, scope), action, choice)).toEqual(await page(tokenOf(off, scope), action, choice));
    }
  }
  expect(await sql`select count(*)::int as count from private.audit_log`).toEqual(before);
  const claim = { userId: somebody(), scope: "event" as const, eventId: "00000000-0000-4000-8000-00000000ffff" };
  const lost = sealUnsubscribeToken(claim, TEST_KEYS.signingId, TEST_KEYS);
  expect((await oneClick(lost)).status).toBe(200);
  expect(await page(lost, "describe")).toMatchObject({ event: null, stopped: true, can_undo: false, choices: { level: ["none"] } });
});

test("only the service's roles may unsubscribe people", async () => {
  const [ann, bob] = [somebody(), somebody()];
  for (const caller of [database.connectAs("authenticated", ann, { max: 1 }), database.connectAs("anon", null, { max: 1 })]) {
    await expect(caller`select private.unsubscribe(${bob}, 'all', null, 'page')`).rejects.toMatchObject({ code: "42501" });
    await expect(caller`select private.describe_unsubscribing(${bob}, 'all', null)`).rejects.toMatchObject({ code: "42501" });
  }
});

test("who gets letters as they happen and refuses digests is told at once or not at all, until they choose digests again", async () => {
  const refusing = somebody();
  await oneClick(tokenOf(refusing, "digest"));
  expect(await page(tokenOf(refusing, "digest"), "describe")).toMatchObject({ stopped: true, can_undo: true, delivery: "immediate" });
  const fate = async () => {
    await sql`
      insert into public.notifications (user_id, event_id, message_id, lane, status, scheduled_for, email_id)
      values (${refusing}, ${event}, 1, 2, 'processing', now(), gen_random_uuid())`;
    const [judged] = await sql<[{ reason: string | null }]>`
      select j.reason from public.notifications n cross join private.judge_notifications(array[n.id], now()) j where n.user_id = ${refusing}`;
    await sql`delete from public.notifications where user_id = ${refusing}`;
    return judged.reason;
  };
  expect(await fate()).toBe("digests_refused");
  expect(await page(tokenOf(refusing, "digest"), "undo")).toMatchObject({ stopped: false, can_undo: false });
  expect(await fate()).toBe(null);
  await oneClick(tokenOf(refusing, "digest"));
  await database.connectAs("authenticated", refusing, { max: 1 })`
    insert into public.notification_preferences (user_id, delivery) values (${refusing}, 'daily')
    on conflict (user_id) do update set delivery = excluded.delivery`;
  expect(await page(tokenOf(refusing, "digest"), "describe")).toMatchObject({ stopped: false, can_undo: false, delivery: "daily" });
  expect(await fate()).toBe(null);
});
