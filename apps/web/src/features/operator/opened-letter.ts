import type { SupabaseClient } from "@supabase/supabase-js";
import { queryOptions } from "@tanstack/react-query";
import * as v from "valibot";
import type { ContentMode } from "@chat-notifications/emails/content-mode.ts";
import type { DispatchFacts, LetterFacts, RenderedLetter } from "@chat-notifications/emails/letter-facts.ts";
import { dataOf } from "../../data/failure.ts";
import { parseRows } from "../../data/rows.ts";

const Opened = v.object({ facts: v.nullable(v.record(v.string(), v.unknown())), letter: v.nullable(v.record(v.string(), v.unknown())), erased: v.boolean() });

/** What a letter is rendered from; null: its content is gone. */
export type OpenedLetter = { facts: DispatchFacts; letter: LetterFacts } | null;

/** Opening is audited: asked once, never in the background. */
export const openedLetterQuery = (supabase: SupabaseClient, emailId: string) =>
  queryOptions({
    queryKey: ["operator", "opened", emailId],
    queryFn: async (): Promise<OpenedLetter> => {
      const [row] = parseRows(Opened, await dataOf(supabase.rpc("open_letter", { email_id: emailId })));
      if (!row?.facts || !row.letter || row.erased) return null;
      // The database froze them for this renderer; a letter that does not fit throws there and says so.
      return { facts: row.facts as unknown as DispatchFacts, letter: row.letter as unknown as LetterFacts };
    },
    staleTime: Infinity,
    refetchOnWindowFocus: false,
  });

/** The newest letter of a kind; null: there is none. */
export const newestLetterQuery = (supabase: SupabaseClient, kind: string) =>
  queryOptions({
    queryKey: ["operator", "newest", kind],
    queryFn: async () => parseRows(v.object({ id: v.string() }), await dataOf(supabase.from("emails").select("id").eq("kind", kind).order("id", { ascending: false }).limit(1)))[0]?.id ?? null,
  });

/** Renders as the processor does, in another language and with less content if asked. The renderer is loaded when it is first needed. */
export async function renderOpened(opened: NonNullable<OpenedLetter>, locale: string, contentMode?: ContentMode): Promise<RenderedLetter> {
  const [{ createLetterRenderer }, { createAppLinks }] = await Promise.all([
    import("@chat-notifications/emails/render-letter.ts"),
    import("@chat-notifications/emails/letter-links.ts"),
  ]);
  const letter = { ...opened.letter, recipient: { ...opened.letter.recipient, locale, ...(contentMode && { content_mode: contentMode }) } };
  return createLetterRenderer(opened.facts, createAppLinks(opened.facts.urls))(letter);
}
