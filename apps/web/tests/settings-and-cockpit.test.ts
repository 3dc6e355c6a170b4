import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestStack, startStack } from "../../../scenarios/harness/start-stack.ts";
import { openBrowser } from "../testing/find-browser.ts";
import { findViolations } from "../testing/find-violations.ts";
import { openVisit, signIn } from "../testing/web-visit.ts";

const EVENT = "d2000000-0000-4000-8000-000000000001";

let stack: TestStack;
let browser: Browser;

beforeAll(async () => {
  [stack, browser] = await Promise.all([startStack({ BATCH_WINDOW_SECONDS: "0" }), openBrowser()]);
  await stack.sql`update public.event_participants set joined_at = now() - interval '2 days'`;
});
afterAll(async () => {
  await browser.close();
  await stack.stop();
});

const say = (body: string) => stack.sql`
  insert into public.chat_messages (event_id, user_id, body)
  select ${EVENT}, p.user_id, ${body} from public.profiles p where p.handle = 'organizer'`;
const preferencesOf = async (handle: string) =>
  (await stack.sql`
    select n.delivery, n.digest_at::text, n.quiet_from::text, n.level
    from public.notification_preferences n join public.profiles p using (user_id) where p.handle = ${handle}`)[0];

test("settings are saved as they are made, by keyboard, and say what they mean for the next letter and the last month", async () => {
  const visit = await openVisit(browser, stack.address.supabaseUrl);
  const { page } = visit;
  await signIn(page, "guest");
  await page.goto("/settings/notifications");
  await page.getByText("Nothing is waiting for you.").waitFor();
  await page.getByRole("radio", { name: "Soon after" }).focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await page.getByText(/The next summary would leave/).waitFor();
  await expect.poll(() => preferencesOf("guest")).toMatchObject({ delivery: "daily" });
  await page.getByLabel("Time of the summary").fill("06:45");
  await page.getByText(/06:45/).waitFor();
  await expect.poll(() => preferencesOf("guest")).toMatchObject({ digest_at: "06:45:00" });
  await page.getByText("The last 30 days: 0 letters").waitFor();

  await say("Doors open at six.");
  await page.getByText("1 message", { exact: true }).waitFor();
  await page.goto(`/settings/notifications?mute=${EVENT}`);
  await page.getByRole("button", { name: "Only mentions of me" }).click();
  await page.getByText(/Nothing is waiting yet/).waitFor();
  expect(await page.getByLabel("Letters about Summer Festival on the Pier").inputValue()).toBe("mentions");

  // What cannot be saved is taken back, and said.
  await page.route("**/rest/v1/notification_preferences*", (route) => (route.request().method() === "GET" ? route.fallback() : route.abort()));
  await page.getByRole("switch").click();
  await page.getByRole("alert").getByText("has been taken back").waitFor();
  expect(await page.getByRole("switch").isChecked()).toBe(false);
  expect(await preferencesOf("guest")).toMatchObject({ quiet_from: null });
  expect(await findViolations(page)).toEqual([]);
  expect(visit.complaints).toEqual([]);
  await visit.close();
});

test("an operator looks at a dead letter, sends it again and sees it delivered", async () => {
  await say("The stage is set.");
  await expect.poll(async () => (await stack.sql`select count(*)::integer as count from public.emails where status = 'delivered'`)[0]!.count, { timeout: 60_000 }).toBeGreaterThan(0);
  const [letter] = await stack.sql`select id, address, dispatch_id from public.emails where status = 'delivered' order by id limit 1`;
  await stack.sql`update private.dispatches set status = 'failed', outcome = 'rejected', last_error = 'validation_error' where id = ${letter!.dispatch_id}`;
  await stack.sql`update public.emails set status = 'failed', reason = 'validation_error' where id = ${letter!.id}`;
  const owed = await stack.sql`
    update public.notifications set status = 'failed', reason = 'validation_error' where email_id = ${letter!.id} returning id`;
  // A letter that never left slows nothing down.
  await stack.sql`update private.recipient_states set last_letter_at = null, back_off_step = null where user_id in (select user_id from public.emails where id = ${letter!.id})`;

  const visit = await openVisit(browser, stack.address.supabaseUrl);
  const { page } = visit;
  await signIn(page, "operator");
  await page.goto("/operator?view=failed");
  await page.getByRole("button", { name: `Look: ${letter!.id}` }).click();
  await page.getByRole("button", { name: "Open the letter" }).click();
  // In full: the line that mail programs preview quotes it, too, and is hidden.
  await page.frameLocator("iframe").getByText(/^(Doors open at six|The stage is set)\.$/).first().waitFor();
  await page.getByRole("dialog").getByText("Deutsch").click();
  await page.frameLocator("iframe").locator("html[lang=de]").waitFor();
  expect(await page.locator("iframe").getAttribute("sandbox")).toBe("allow-same-origin");
  await page.keyboard.press("Escape");
  await page.getByRole("checkbox", { name: `Choose letter ${letter!.id}` }).check();
  await page.getByRole("button", { name: "Send again" }).click();
  await page.getByText("1 letter is composed afresh and sent.").waitFor();

  const ids = owed.map(({ id }) => String(id));
  const outcomes = async () => (await stack.sql`select distinct e.status from public.notifications n join public.emails e on e.id = n.email_id where n.id = any(${ids}::bigint[])`).map(({ status }) => status as string);
  await expect.poll(outcomes, { timeout: 60_000 }).toEqual(["delivered"]);

  await page.goto("/operator?view=letters");
  await page.getByLabel("Search letters").fill(String(letter!.address));
  await page.getByRole("row").filter({ hasText: "delivered" }).filter({ hasText: String(letter!.address) }).first().waitFor();
  await page.getByRole("button", { name: `Look: ${letter!.address}` }).first().click();
  await page.getByRole("link", { name: "What became of it for this person" }).first().click();
  await page.getByText("as they would read it").waitFor();
  await page.getByText("The letter was sent.").first().waitFor();

  await page.goto("/operator?view=delivery");
  await page.getByLabel("Pause one organization or event").fill("pier");
  await page.getByRole("button", { name: "Pause: Summer Festival on the Pier" }).click();
  await page.getByText(/^Summer Festival on the Pier paused since/).waitFor();
  await page.getByText(/would be told/).waitFor();
  expect(await stack.sql`select scope, id from private.pauses`).toEqual([{ scope: "event", id: EVENT }]);
  await page.getByRole("button", { name: "Resume: Summer Festival on the Pier" }).click();
  await expect.poll(() => stack.sql`select from private.pauses`).toHaveLength(0);

  await page.goto("/operator?view=templates");
  await page.getByLabel("Template").selectOption("combined");
  await page.getByText("The newest letter").click();
  await page.getByText("No letter of this kind was sent yet.").waitFor();
  await page.getByLabel("Template").selectOption("conversation");
  await page.getByRole("button", { name: "Open the newest letter" }).click();
  for (const language of ["en", "de", "ar"]) await page.locator("iframe").nth(["en", "de", "ar"].indexOf(language)).contentFrame().locator(`html[lang=${language}]`).getByText("Summer Festival on the Pier").first().waitFor();

  await page.goto("/operator?view=log");
  await page.getByRole("cell", { name: "retry letters" }).first().waitFor();
  await page.getByRole("cell", { name: "open letter" }).first().waitFor();
  expect(await findViolations(page)).toEqual([]);
  expect(visit.complaints).toEqual([]);
  await visit.close();
});
