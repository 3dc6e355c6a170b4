import type { SupabaseClient } from "@supabase/supabase-js";

/** A message and who is to post it. */
export interface Line {
  /** Minutes after the start; decides nothing at full speed. */
  minute: number;
  author: { id: string; client: SupabaseClient };
  body: string;
}

export type PostOutcome =
  | { ok: true; messageId: string }
  /** `answered`: the API refused it. Else no answer came, and nobody knows whether it was posted. */
  | { ok: false; answered: boolean; code: string; message: string };

/** Posts one message as its author. */
export async function postMessage(eventId: string, { author, body }: Line): Promise<PostOutcome> {
  const { data, error, status } = await author.client
    .from("chat_messages")
    .insert({ event_id: eventId, user_id: author.id, body })
    .select("id")
    .single();
  if (error === null) return { ok: true, messageId: String(data.id) };
  return { ok: false, answered: status >= 400 && status < 500, code: error.code || `HTTP ${status}`, message: error.message };
}

export interface PostingOptions {
  /** How many requests may be under way. */
  inFlight: number;
  /** Resolves when lines of this minute may be posted. */
  waitForMinute: (minute: number) => Promise<void>;
  onProgress: (done: number) => void;
}

/**
 * Posts lines roughly in their order, each author's strictly. Goes on after refusals; the first message without an
 * answer ends it, and it throws once the others under way have ended.
 */
export async function postConversation(
  lines: readonly Line[],
  post: (line: Line) => Promise<PostOutcome>,
  { inFlight, waitForMinute, onProgress }: PostingOptions,
): Promise<PostOutcome[]> {
  const outcomes: PostOutcome[] = [];
  const lastOf = new Map<string, Promise<void>>();
  const underWay = new Set<Promise<void>>();
  let done = 0;
  let unanswered: (PostOutcome & { ok: false }) | undefined;

  const postAfter = async (previous: Promise<void> | undefined, line: Line, place: number) => {
    await previous;
    if (unanswered !== undefined) return;
    const outcome = await post(line);
    outcomes[place] = outcome;
    if (!outcome.ok && !outcome.answered) unanswered ??= outcome;
    onProgress((done += 1));
  };

  for (const [place, line] of lines.entries()) {
    await waitForMinute(line.minute);
    while (underWay.size >= inFlight) await Promise.race(underWay);
    if (unanswered !== undefined) break;
    const posting = postAfter(lastOf.get(line.author.id), line, place).finally(() => underWay.delete(posting));
    lastOf.set(line.author.id, posting);
    underWay.add(posting);
  }
  await Promise.all(underWay);
  if (unanswered !== undefined) throw new Error(`The API stopped answering: ${unanswered.message} (${unanswered.code}).`);
  return outcomes;
}
