import path from "node:path";
import type { Browser } from "playwright-core";
import { PAGES } from "./pages.ts";
import { type Visit, openVisit, signIn } from "./web-visit.ts";

const SCREENS = { phone: { width: 375, height: 740 }, desktop: { width: 1280, height: 800 } };

export interface PictureSet {
  /** Behind the pages' names. */
  name: string;
  screen: keyof typeof SCREENS;
  colorScheme: "light" | "dark";
  /** Of the people's profiles and the browser. */
  locale: "en" | "ar";
}

/** Photographs every page, or those whose names are given. Who looks signs in once a set. */
export async function takePictures(browser: Browser, origin: string, folder: string, { name: set, screen, colorScheme, locale }: PictureSet, only: readonly string[] = []): Promise<number> {
  const pages = PAGES.filter(({ name }) => only.length === 0 || only.includes(name));
  const visits = new Map<string | null, Visit>();
  for (const { name, path: page, as, ready } of pages) {
    const visit = visits.get(as) ?? (await openVisit(browser, origin, { viewport: SCREENS[screen], colorScheme, locale: locale === "en" ? "en-GB" : locale }));
    if (!visits.has(as) && as !== null) await signIn(visit.page, as);
    visits.set(as, visit);
    await visit.page.goto(page);
    await (locale === "en" ? visit.page.locator("main").getByText(ready) : visit.page.locator("main :is(h1, h2)")).first().waitFor();
    // Placeholders stand for what is still on its way.
    await visit.page.locator(".mantine-Skeleton-root, .mantine-Loader-root").first().waitFor({ state: "detached" });
    await visit.page.screenshot({ path: path.join(folder, `${name}-${set}.png`) });
  }
  await Promise.all([...visits.values()].map((visit) => visit.close()));
  return pages.length;
}
