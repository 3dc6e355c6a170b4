import { afterAll, beforeAll, expect, test } from "vitest";
import { readAccessPage } from "./access-page.ts";
import { CAST, DEAD_LETTER, EVENT, layOut } from "./cast.ts";
import { type OpenHouse, openHouse } from "./open-house.ts";

const nothing = "00000000-0000-4000-8000-00000000ffff";
const scope = { scope: "event", id: EVENT };

/** What each function of docs/access.md, “Calls”, is called with: what would work for whoever may. */
const ARGUMENTS: Record<string, Record<string, unknown>> = {
  mark_event_read: { event_id: EVENT, message_id: "1" },
  set_read_mark: { event_id: EVENT, message_id: "1" },
  may_post: { event_id: EVENT },
  say_who_i_am: name(),
  name_caller: name(),
  my_inbox: {},
  simulate_preferences: { proposed: {} },
  simulate: { proposed: {}, days: 30 },
  explain_notification: { message_id: "1" },
  explain: { message_id: "1", user_id: null },
  gather_inbox: { only_event_id: null },
  give_consent: { source: "settings", wording_version: "1" },
  consent: { source: "settings", wording_version: "1" },
  event_people: { event_id: EVENT },
  add_person: { event_id: EVENT, handle: "recipient" },
  add_by_handle: { event_id: EVENT, handle: "recipient", role: "participant" },
  answer_invitation: { event_id: EVENT, accept: false },
  answer_as_caller: { event_id: EVENT, accept: false },
  message_reach: { message_id: "1" },
  count_reach: { message_id: "1" },
  list_event_people: { event_id: EVENT, beginning: "", after_handle: null, page_size: 10 },
  shares_a_room: { other_id: CAST.recipient },
  event_of_topic: { topic: "event:nonsense" },
  is_time_zone: { time_zone: "UTC" },
  has_text: { body: "x" },
  lift_suppression: { address: "recipient@example.com" },
  lift_suppression_as_operator: { address: "recipient@example.com" },
  retry_email: { id: nothing },
  retry_emails: { ids: [nothing] },
  retry_letters: { email_ids: [nothing] },
  discard_email: { id: DEAD_LETTER },
  discard_emails: { ids: [nothing] },
  discard_letters: { email_ids: [nothing] },
  pause_delivery: scope, preview_resume: scope, resume_delivery: scope,
  pause_scope: scope, preview_scope: scope, resume_scope: scope,
  switch_delivery_on: { deployment_url: "http://deployment.test" },
  switch_delivery: { deployment_url: "http://deployment.test" },
  after_restore: { outage_at: "2020-01-01T00:00:00Z" },
  skip_what_may_have_been_sent: { outage_at: "2020-01-01T00:00:00Z" },
  email_timeline: { email_id: DEAD_LETTER },
  open_letter: { email_id: DEAD_LETTER },
  foresee_letter: { as_of: "2020-01-01T00:00:00Z" },
  acknowledge_alert: { id: "1" },
  silence_alert: { name: "quota", until: "2020-01-01T00:00:00Z" },
  get_pending_notifications: { batch_size: 1, as_of: "2020-01-01T00:00:00Z" },
  mark_notification_sent: { dispatch_id: nothing, attempt: 1 },
  mark_notification_failed: { dispatch_id: nothing, attempt: 1, outcome: "ambiguous", reason: "timeout" },
};

/** Everybody takes a handle of their own. */
function name(): Record<string, unknown> {
  let taken = 0;
  return { display_name: "Somebody", locale: "en", time_zone: "UTC", get handle() { return `somebody-${taken += 1}`; } };
}

/** You may not, you are not in there, you are no operator, no such thing for you. */
const REFUSALS = ["42501", "CN003", "CN020", "CN022", "CN050", "CN071", "PGRST106", "PGRST202"];

const page = readAccessPage();
let house: OpenHouse;

beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close());

test("every function that people or the API may call has a row in docs/access.md", async () => {
  const inPublic = (await house.sql`
    select proname from pg_proc where pronamespace = 'public'::regnamespace and prorettype <> 'trigger'::regtype`).map(({ proname }) => proname as string);
  const callable = [...page.execute].filter(([name, roles]) => roles.includes("authenticated") || roles.includes("anon") || inPublic.includes(name));
  const named = new Set([...page.calls.keys()].map((name) => name.split(".")[1]));
  expect(
    callable.map(([name]) => name).filter((name) => !named.has(name)),
    "add them to docs/access.md, “Calls”, and what they are called with to ARGUMENTS here, unless that is nothing",
  ).toEqual([]);
});

test.each(["SQL", "HTTP"] as const)("in %s everybody may call what docs/access.md says, and nothing else", async (way) => {
  const wrong: string[] = [];
  for (const [name, cells] of page.calls) {
    // The API does not know the schema: attacks.test.ts tries it.
    if (way === "HTTP" && name.startsWith("private.")) continue;
    await layOut(house.sql);
    for (const [who, expected] of Object.entries(cells)) {
      const answer = await house.callers[way][who]!.call(name, ARGUMENTS[name.split(".")[1]!] ?? {});
      if (/\bforget_(me|caller)$/.test(name)) await layOut(house.sql);
      const refused = "code" in answer && REFUSALS.includes(answer.code);
      if ("code" in answer && !refused) wrong.push(`${name}, ${who}: neither done nor refused, ${answer.code} ${answer.message}`);
      if (refused !== (expected === "-")) wrong.push(`${name}, ${who}: docs/access.md says ${expected}, it was ${JSON.stringify(answer)}`);
    }
  }
  expect(wrong).toEqual([]);
});
