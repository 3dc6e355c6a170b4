import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { expect } from "vitest";

/** Whatever else happens in these: the browser found nothing to complain of. */
export interface Visit {
  page: Page;
  /** What the browser's console and the Content-Security-Policy objected to so far. */
  complaints: string[];
  close(): Promise<void>;
}

/** A browser of one's own: own storage, own session. */
export async function openVisit(browser: Browser, origin: string, options: BrowserContextOptions = {}): Promise<Visit> {
  const context = await browser.newContext({ baseURL: origin, viewport: { width: 1280, height: 800 }, locale: "en-GB", reducedMotion: "reduce", ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => {
    // What a test does on purpose (being offline, asking for what is not there) the browser reports, too.
    if (message.type() === "error" && !/Failed to load resource|net::ERR_INTERNET_DISCONNECTED/.test(message.text())) complaints.push(message.text());
  });
  return { page, complaints, close: () => context.close() };
}

export async function signIn(page: Page, handle: string): Promise<void> {
  await page.goto("/sign-in");
  // By what browsers know of the form: the page may be in any language.
  await page.locator("input[name=email]").fill(`${handle}@demo.test`);
  await page.locator("input[name=password]").fill("demo-password");
  await page.locator("input[name=password]").press("Enter");
  await page.locator("main#content").waitFor();
}

/** The message with this text, once on screen. */
export async function expectMessage(page: Page, text: string): Promise<void> {
  const message = page.getByRole("article").filter({ hasText: text });
  await message.first().waitFor();
  expect(await message.count()).toBe(1);
}

export async function write(page: Page, text: string): Promise<void> {
  const field = page.getByRole("textbox", { name: /^Write to/ });
  await field.fill(text);
  await field.press("Enter");
}
