import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestStack, startStack } from "../../../scenarios/harness/start-stack.ts";
import { findViolations } from "../testing/find-violations.ts";
import { openBrowser } from "../testing/find-browser.ts";
import { PAGES } from "../testing/pages.ts";
import { openVisit, signIn } from "../testing/web-visit.ts";

const EVENT = "d2000000-0000-4000-8000-000000000001";
const HOSTILE = [
  `<img src=x onerror="document.title='owned'">`,
  `<script>document.title='owned'</script>`,
  `"><svg/onload=document.title='owned'>`,
  `javascript:document.title='owned'`,
  `https://example.com/"onmouseover="document.title='owned'`,
  "{{constructor.constructor('document.title=1')()}}",
  "\u202egpj.exe\u202c <b>bold</b> &lt;i&gt; ${7*7} %3Cscript%3E",
];

let stack: TestStack;
let browser: Browser;

beforeAll(async () => {
  [stack, browser] = await Promise.all([startStack({ BATCH_WINDOW_SECONDS: "600" }), openBrowser()]);
  await stack.sql`update public.organization_members set joined_at = now() - interval '2 days'`;
  await stack.sql`update public.event_participants set joined_at = now() - interval '2 days'`;
  await stack.sql`
    insert into public.chat_messages (event_id, user_id, body)
    select ${EVENT}, p.user_id, b.body
    from unnest(${[...HOSTILE, "@organizer look at https://example.com", "@everyone Doors open at six."]}::text[]) b (body)
    join public.profiles p on p.handle = 'speaker'`;
});
afterAll(async () => {
  await browser.close();
  await stack.stop();
});

test("in light and dark colours axe finds nothing on any page, and the policy is not violated", async () => {
  const visit = await openVisit(browser, stack.address.supabaseUrl);
  const findings: Record<string, string[]> = {};
  let as: string | null = null;
  for (const { name, path, as: wanted, ready } of PAGES) {
    if (wanted !== as) {
      await visit.page.evaluate(() => localStorage.clear());
      await signIn(visit.page, wanted!);
    }
    as = wanted;
    await visit.page.goto(path);
    await visit.page.locator("main").getByText(ready).first().waitFor();
    // The device changes its colours with the page open, as in the evening.
    for (const colorScheme of ["light", "dark"] as const) {
      await visit.page.emulateMedia({ colorScheme });
      await visit.page.locator(`html[data-mantine-color-scheme=${colorScheme}]`).waitFor({ state: "attached" });
      const found = await findViolations(visit.page);
      if (found.length > 0) findings[`${name}, ${colorScheme}`] = found;
    }
  }
  expect(findings).toEqual({});
  expect(visit.complaints).toEqual([]);
  await visit.close();
});

test("nobody signed in sees nothing by typing addresses, and comes back after signing in", async () => {
  const visit = await openVisit(browser, stack.address.supabaseUrl);
  for (const path of [`/events/${EVENT}`, "/bell", "/settings/notifications", "/operator", "/mailbox"]) {
    await visit.page.goto(path);
    await visit.page.getByRole("heading", { name: "Sign in" }).waitFor();
    expect(await visit.page.content()).not.toContain("Summer Festival");
  }
  await visit.page.goto(`/events/${EVENT}`);
  await visit.page.getByLabel("E-mail address").fill("outsider@demo.test");
  await visit.page.locator("input[name=password]").fill("demo-password");
  await visit.page.getByRole("button", { name: "Sign in" }).click();
  await visit.page.getByRole("heading", { name: "This event is not yours to see" }).waitFor();
  await visit.page.goto(`/events/${EVENT}/organize`);
  await visit.page.getByRole("heading", { name: "You organize nothing here" }).waitFor();
  expect(await visit.page.content()).not.toContain("Summer Festival");
  await visit.close();
});

test("message text, names and titles are text wherever they stand", async () => {
  await stack.sql`update public.profiles set display_name = ${HOSTILE[0]!} where handle = 'speaker'`;
  await stack.sql`update public.events set title = ${HOSTILE[1]!} where id = ${EVENT}`;
  const visit = await openVisit(browser, stack.address.supabaseUrl);
  await signIn(visit.page, "organizer");
  for (const path of ["/", "/bell", `/events/${EVENT}`, `/events/${EVENT}/organize`]) {
    await visit.page.goto(path);
    await visit.page.getByText(HOSTILE[1]!).first().waitFor();
    expect(await visit.page.title()).toBe("Chat Notifications");
  }
  await visit.page.goto(`/events/${EVENT}/organize`);
  await visit.page.getByLabel("Handles or e-mail addresses").fill("@guest, maria@example.com");
  await visit.page.getByRole("button", { name: "Add", exact: true }).click();
  await visit.page.getByText("1 address is invited.").waitFor();
  await visit.page.getByRole("button", { name: "Withdraw the invitation of maria@example.com" }).waitFor();
  await visit.page.goto(`/events/${EVENT}`);
  for (const text of HOSTILE) await visit.page.getByRole("article").filter({ hasText: text.replace(/[\u202a-\u202e]/g, "").slice(0, 7) }).first().waitFor();
  await visit.page.getByRole("article").getByText(HOSTILE[0]!).first().waitFor();
  const links = await visit.page.getByRole("article").getByRole("link").evaluateAll((found) => found.map((link) => (link as HTMLAnchorElement).protocol));
  expect([...new Set(links)]).toEqual(["https:"]);
  expect(await visit.page.title()).toBe("Chat Notifications");
  expect(visit.complaints).toEqual([]);
  await visit.close();
});

test("somebody new signs in by the mailed code, says who they are, and reads from right to left if they like", async () => {
  const visit = await openVisit(browser, stack.address.supabaseUrl);
  const { page } = visit;
  await page.goto("/sign-in");
  await page.getByRole("button", { name: "E-mail me a link instead" }).click();
  await page.getByLabel("E-mail address").fill("maria@example.com");
  await page.getByRole("button", { name: "E-mail me a link instead" }).click();
  await page.getByRole("heading", { name: "Look into your mailbox" }).waitFor();
  const list = await fetch(`${stack.address.resendBaseUrl}/emails?limit=10`, { headers: { authorization: `Bearer ${stack.address.resendApiKey}` } });
  const { data } = (await list.json()) as { data: { id: string; to: string[] }[] };
  const mail = await fetch(`${stack.address.resendBaseUrl}/emails/${data.find(({ to }) => to.includes("maria@example.com"))!.id}`, { headers: { authorization: `Bearer ${stack.address.resendApiKey}` } });
  const code = /\b\d{6}\b/.exec(((await mail.json()) as { text: string }).text)![0];
  await page.getByLabel("Code from the e-mail").fill(code);
  await page.getByRole("button", { name: "Sign in with the code" }).click();
  await page.getByLabel("Your name").fill("Maria da Silva");
  await page.getByLabel("Your handle").fill("Guest");
  await page.getByLabel("Language").selectOption("ar");
  await page.getByRole("checkbox").check();
  expect(await findViolations(page)).toEqual([]);
  await page.getByRole("button", { name: "ابدأ" }).click();
  await page.getByText("هذا الاسم المختصر مأخوذ").waitFor();
  await page.getByLabel("اسمك المختصر").fill("maria");
  await page.getByRole("button", { name: "ابدأ" }).click();
  await page.getByRole("heading", { name: "فعالياتك" }).waitFor();
  expect(await page.evaluate(() => [document.documentElement.dir, document.documentElement.lang])).toEqual(["rtl", "ar"]);
  const [row] = await stack.sql`
    select p.display_name, p.handle, p.locale, c.source
    from public.profiles p join public.notification_consents c using (user_id) where p.handle = 'maria'`;
  expect(row).toEqual({ display_name: "Maria da Silva", handle: "maria", locale: "ar", source: "onboarding" });
  expect(await findViolations(page)).toEqual([]);
  // Invited by an organizer in the test before, whose event's title is a script.
  await page.getByText(HOSTILE[1]!).first().waitFor();
  await page.getByRole("button", { name: "انضمام" }).click();
  await page.getByRole("heading", { name: HOSTILE[1]! }).waitFor();
  expect(await page.title()).toBe("Chat Notifications");
  expect(visit.complaints).toEqual([]);
  await visit.close();
});

test("a hundred thousand messages scroll back, with only what is on screen in the page", async () => {
  await stack.sql`alter table public.chat_messages disable trigger user`;
  const other = "d2000000-0000-4000-8000-000000000002";
  await stack.sql`
    insert into public.chat_messages (event_id, user_id, body, created_at)
    select ${other}, p.user_id, 'line ' || i || repeat(' lorem', i % 40), now() - make_interval(secs => (100000 - i) * 30)
    from generate_series(1, 100000) i join public.profiles p on p.handle = 'guest'`;
  await stack.sql`alter table public.chat_messages enable trigger user`;
  const visit = await openVisit(browser, stack.address.supabaseUrl);
  await signIn(visit.page, "organizer");
  await visit.page.goto(`/events/${other}`);
  await visit.page.getByText("line 100000").waitFor();
  const log = visit.page.getByRole("log");
  let oldest = 100_000;
  for (let round = 0; round < 40 && oldest > 99_800; round += 1) {
    await log.evaluate((element) => element.scrollTo({ top: 0 }));
    await visit.page.waitForFunction((before) => Number(/line (\d+)/.exec(document.querySelector("article")?.textContent ?? "")?.[1] ?? before) < before, oldest);
    oldest = Number(/line (\d+)/.exec((await visit.page.getByRole("article").first().textContent())!)![1]);
    expect(await visit.page.getByRole("article").count()).toBeLessThan(120);
  }
  expect(oldest).toBeLessThanOrEqual(99_800);
  await visit.page.getByRole("button", { name: "To the newest" }).click();
  await visit.page.getByText("line 100000").waitFor();
  await visit.close();
});
