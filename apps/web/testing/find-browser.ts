import { access, constants } from "node:fs/promises";
import path from "node:path";
import chromium from "@sparticuz/chromium";
import { type Browser, chromium as playwright } from "playwright-core";
import { unpackBrowser } from "./unpack-browser.ts";

const NAMES = ["google-chrome", "google-chrome-stable", "chromium", "chromium-browser", "chrome", "msedge"];
const PLACES = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
];

interface Found {
  executablePath: string;
  args: string[];
}

/** CHROMIUM_PATH, else an installed Chrome or Chromium, else the one inside the npm package @sparticuz/chromium. */
async function findBrowser(env: Record<string, string | undefined>): Promise<Found> {
  const args = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  if (env.CHROMIUM_PATH) return { executablePath: env.CHROMIUM_PATH, args };
  const installed = [...(env.PATH ?? "").split(path.delimiter).flatMap((folder) => NAMES.map((name) => path.join(folder, name))), ...PLACES];
  for (const executablePath of installed) {
    if (await access(executablePath, constants.X_OK).then(() => true, () => false)) return { executablePath, args };
  }
  // Its other arguments are for a place without shared memory and graphics; a single process is slower and breaks contexts.
  return { executablePath: await unpackBrowser(), args: chromium.args.filter((arg) => !/single-process|zygote|headless/.test(arg)) };
}

export async function openBrowser(): Promise<Browser> {
  return playwright.launch({ ...(await findBrowser(process.env)), headless: true });
}
