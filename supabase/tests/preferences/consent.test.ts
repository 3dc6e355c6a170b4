import { expect } from "vitest";
import { test } from "../concurrency/database-test.ts";
import { addEvent, addPeople, post } from "../harness/world.ts";
import { createPostOffice } from "../concurrency/post-office.ts";

test("without consent no letter, unless the organization has another basis; consent counts from when it is given", async ({ database }) => {
  const { sql, connectAs } = database;
  const [ann, bob, cem] = await addPeople(sql, 3);
  const event = await addEvent(sql, { participants: [ann!, bob!, cem!] });
  await sql`update public.organizations set consent_required = true`;
  const asBob = connectAs("authenticated", bob!, { max: 1 });
  await asBob`select public.give_consent('onboarding', '2026-11')`;
  await post(sql, event, ann!, "alpha");
  const office = createPostOffice(sql);
  await office.deliver(125);
  expect(office.letters(["alpha", "bravo", "charlie"])).toEqual({ user2: ["alpha"] });
  expect(await asBob`select source, wording_version, withdrawn_at from public.notification_consents`)
    .toEqual([{ source: "onboarding", wording_version: "2026-11", withdrawn_at: null }]);

  await asBob`select public.withdraw_consent()`;
  await post(sql, event, ann!, "bravo");
  await office.deliver(260);
  expect(office.letters(["alpha", "bravo", "charlie"])).toEqual({ user2: ["alpha"] });
  const skipped = await sql`select distinct p.handle, n.reason from public.notifications n join public.profiles p using (user_id) where n.status = 'skipped' and n.user_id <> ${ann!} order by 1`;
  expect([...skipped]).toEqual([{ handle: "user2", reason: "no_consent" }, { handle: "user3", reason: "no_consent" }]);
  expect((await sql`select action from private.audit_log where action like '%consent' order by id`).map(({ action }) => action))
    .toEqual(["give_consent", "withdraw_consent"]);

  await sql`update public.organizations set consent_required = false`;
  await post(sql, event, ann!, "charlie");
  await office.deliver(400);
  expect(office.letters(["charlie"])).toEqual({ user2: ["", "charlie"], user3: ["charlie"] });
});

test("nobody consents without being signed in, or in words that are none", async ({ database }) => {
  const { sql, connectAs } = database;
  const [ann] = await addPeople(sql, 1);
  await expect(connectAs("authenticated", null)`select public.give_consent('onboarding', '1')`).rejects.toMatchObject({ code: "CN040" });
  await expect(connectAs("authenticated", ann!)`select public.give_consent('On boarding!', '1')`).rejects.toMatchObject({ code: "23514" });
  expect(await sql`select * from public.notification_consents`).toHaveLength(0);
});

test("the account's and the address's state decide, each with its code", async ({ database }) => {
  const { sql } = database;
  const people = await addPeople(sql, 8);
  const event = await addEvent(sql, { participants: people });
  const [ann, , unverified, changing, banned, anonymous, gone, missing] = people as [string, string, string, string, string, string, string, string];
  await sql`update auth.users set email_confirmed_at = null where id = ${unverified}`;
  await sql`update auth.users set email_change = 'new@example.com', email_change_sent_at = now() where id = ${changing}`;
  await sql`update auth.users set banned_until = now() + interval '1 year' where id = ${banned}`;
  await sql`update auth.users set is_anonymous = true where id = ${anonymous}`;
  await sql`update auth.users set deleted_at = now() where id = ${gone}`;
  await sql`update auth.users set email = null where id = ${missing}`;
  await post(sql, event, ann, "alpha");
  const office = createPostOffice(sql);
  await office.deliver(125);
  expect(office.letters(["alpha"])).toEqual({ user2: ["alpha"] });
  const reasons = await sql`
    select p.handle, n.reason from public.notifications n join public.profiles p using (user_id)
    where n.status = 'skipped' and n.user_id <> ${ann} order by p.handle`;
  expect(reasons.map(({ reason }) => reason)).toEqual([
    "address_unverified", "address_change_unconfirmed", "account_banned", "account_anonymous", "account_gone", "address_missing",
  ]);
  // A change that was given up a day ago holds nothing back.
  await sql`update auth.users set email_change_sent_at = now() - interval '25 hours' where id = ${changing}`;
  await post(sql, event, ann, "alpha");
  await office.deliver(260);
  expect(office.letters(["alpha"])).toEqual({ user2: ["alpha", "alpha"], user4: ["alpha"] });
});
