/**
 * Usage: npm run screenshots [-- folder]: pictures of every page on phone and desktop, light and dark, from a local
 * stack of its own with the demo's conversation. Default folder: apps/web/screenshots, which is not checked in.
 */
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { startStack } from "../../../scenarios/harness/start-stack.ts";
import { until } from "../../../scenarios/harness/until.ts";
import { holdDemoConversation } from "../testing/demo-conversation.ts";
import { openBrowser } from "../testing/find-browser.ts";
import { PAGES } from "../testing/pages.ts";
import { openVisit, signIn } from "../testing/web-visit.ts";

const SCREENS = { phone: { width: 375, height: 740 }, desktop: { width: 1280, height: 800 } };

const folder = path.resolve(process.argv[2] ?? path.join(import.meta.dirname, "../screenshots"));
await mkdir(folder, { recursive: true });
const [stack, browser] = await Promise.all([startStack({ BATCH_WINDOW_SECONDS: "1" }), openBrowser()]);
try {
  await holdDemoConversation(stack.sql);
  await until("the letters", async () => (await stack.sql`select from public.emails limit 1`).length > 0);
  for (const colorScheme of ["light", "dark"] as const) {
    for (const [screen, viewport] of Object.entries(SCREENS)) {
      const visit = await openVisit(browser, stack.address.supabaseUrl, { viewport, colorScheme });
      let signedInAs: string | null = null;
      for (const { name, path: page, as, ready } of PAGES) {
        if (as !== signedInAs) await signIn(visit.page, as!);
        signedInAs = as;
        await visit.page.goto(page);
        await visit.page.locator("main").getByText(ready).first().waitFor();
        // Placeholders stand for what is still on its way.
        await visit.page.locator(".mantine-Skeleton-root, .mantine-Loader-root").first().waitFor({ state: "detached" });
        await visit.page.screenshot({ path: path.join(folder, `${name}-${screen}-${colorScheme}.png`) });
      }
      await visit.close();
    }
  }
  console.log(`${PAGES.length * 4} pictures in ${folder}`);
} finally {
  await browser.close();
  await stack.stop();
}
