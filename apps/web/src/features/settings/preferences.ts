import type { SupabaseClient } from "@supabase/supabase-js";
import { queryOptions } from "@tanstack/react-query";
import * as v from "valibot";
import { dataOf } from "../../data/failure.ts";
import { parseRows } from "../../data/rows.ts";

export const DELIVERIES = ["immediate", "hourly", "daily", "weekly", "off"] as const;
export type Delivery = (typeof DELIVERIES)[number];
export const CONTENT_MODES = ["full", "redacted", "none"] as const;
export type ContentMode = (typeof CONTENT_MODES)[number];

/** Postgres' time of day, "08:00:00", as clocks of the page write it: "08:00". */
const Clock = v.pipe(v.string(), v.regex(/^\d\d:\d\d/), v.transform((text) => text.slice(0, 5)));

const Preferences = v.object({
  delivery: v.nullable(v.picklist(DELIVERIES)),
  level: v.nullable(v.picklist(["all", "mentions"])),
  digest_at: Clock,
  weekly_on: v.number(),
  quiet_from: v.nullable(Clock),
  quiet_until: v.nullable(Clock),
  quiet_except_mentions: v.boolean(),
  content_mode: v.nullable(v.picklist(CONTENT_MODES)),
  letters_per_day: v.nullable(v.number()),
});

/** What a person wants of letters; null: what the organizer or the deployment says. */
export type Preferences = v.InferOutput<typeof Preferences>;

const CHOSE_NOTHING: Preferences = {
  delivery: null,
  level: null,
  digest_at: "08:00",
  weekly_on: 1,
  quiet_from: null,
  quiet_until: null,
  quiet_except_mentions: false,
  content_mode: null,
  letters_per_day: null,
};
const COLUMNS = "delivery, level, digest_at, weekly_on, quiet_from, quiet_until, quiet_except_mentions, content_mode, letters_per_day" satisfies string;

export const preferencesQuery = (supabase: SupabaseClient) =>
  queryOptions({
    queryKey: ["settings", "preferences"],
    queryFn: async () => parseRows(Preferences, await dataOf(supabase.from("notification_preferences").select(COLUMNS)))[0] ?? CHOSE_NOTHING,
    // What is being changed here is not to be taken back by a reload in the background.
    refetchOnWindowFocus: false,
  });
