/**
 * Usage: npm run screenshots [-- folder [page …]]: pictures of every page on phone and desktop, light and dark, and of
 * right-to-left ones, from a local stack of its own with the demo's conversation. Default folder: apps/web/screenshots,
 * which is not checked in.
 */
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { startStack } from "../../../scenarios/harness/start-stack.ts";
import { until } from "../../../scenarios/harness/until.ts";
import { holdDemoConversation } from "../testing/demo-conversation.ts";
import { writeDemoHistory } from "../testing/demo-history.ts";
import { openBrowser } from "../testing/find-browser.ts";
import { type PictureSet, takePictures } from "../testing/take-pictures.ts";

const SETS: readonly PictureSet[] = [
  { name: "phone-light", screen: "phone", colorScheme: "light", locale: "en" },
  { name: "phone-dark", screen: "phone", colorScheme: "dark", locale: "en" },
  { name: "desktop-light", screen: "desktop", colorScheme: "light", locale: "en" },
  { name: "desktop-dark", screen: "desktop", colorScheme: "dark", locale: "en" },
  { name: "phone-arabic", screen: "phone", colorScheme: "dark", locale: "ar" },
  { name: "desktop-arabic", screen: "desktop", colorScheme: "light", locale: "ar" },
];

const folder = path.resolve(process.argv[2] ?? path.join(import.meta.dirname, "../screenshots"));
await mkdir(folder, { recursive: true });
const [stack, browser] = await Promise.all([startStack({ BATCH_WINDOW_SECONDS: "1" }), openBrowser()]);
try {
  await holdDemoConversation(stack.sql);
  await until("the letters", async () => (await stack.sql`select from public.emails where status = 'delivered'`).length > 5);
  await writeDemoHistory(stack.sql);
  let count = 0;
  for (const set of SETS) {
    await stack.sql`update public.profiles set locale = ${set.locale}`;
    count += await takePictures(browser, stack.address.supabaseUrl, folder, set, process.argv.slice(3));
  }
  console.log(`${count} pictures in ${folder}`);
} finally {
  await browser.close();
  await stack.stop();
}
