import * as v from "valibot";

/** Where the app finds its data. Whoever serves index.html fills it in; a build for one deployment may do so too. */
export interface WebConfig {
  supabaseUrl: string;
  /** The publishable key: it opens what row-level security lets anybody see, which is nothing. */
  supabaseKey: string;
  /** hosted: Supabase, with Realtime. local: the stack of `npm start`, which has none and is asked every few seconds. */
  kind: "hosted" | "local";
  /** Whether /resend/mailbox shows what was sent, because nothing leaves. */
  mailbox: boolean;
}

const Config = v.object({
  supabaseUrl: v.pipe(v.string(), v.url()),
  supabaseKey: v.pipe(v.string(), v.minLength(1), v.excludes("{{")),
  kind: v.fallback(v.picklist(["hosted", "local"]), "hosted"),
  mailbox: v.pipe(v.nullable(v.string(), null), v.transform((text) => text === "yes")),
});

/** Reads the page's meta elements. Throws when nobody filled them in: that is a deployment's mistake. */
export function readConfig(page: Document): WebConfig {
  const meta = (name: string) => page.querySelector(`meta[name="${name}"]`)?.getAttribute("content");
  const parsed = v.safeParse(Config, { supabaseUrl: meta("supabase-url"), supabaseKey: meta("supabase-key"), kind: meta("supabase-kind"), mailbox: meta("mailbox") });
  if (parsed.success) return parsed.output;
  throw new Error("index.html names no Supabase: build with VITE_SUPABASE_URL and VITE_SUPABASE_KEY, or fill in its meta elements when serving it.");
}
