import type { SupabaseClient } from "@supabase/supabase-js";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { inboxQuery } from "../../data/inbox.ts";
import { useSupabase } from "../../data/supabase.ts";

const SETTLED_MS = 400;

async function markRead(supabase: SupabaseClient, eventId: string, messageId: number): Promise<boolean> {
  const { error } = await supabase.rpc("mark_event_read", { event_id: eventId, message_id: messageId });
  return !error;
}

/**
 * Tells the server what was read: the newest message that was on screen while somebody looked. That is also what
 * keeps the letter about it from being written. Saying nothing for a moment gathers what scrolls by.
 */
export function useReadMark(eventId: string, seen: number | null, known: number | null): void {
  const supabase = useSupabase();
  const queryClient = useQueryClient();
  const marked = useRef(0);
  useEffect(() => {
    if (seen === null || seen <= Math.max(marked.current, known ?? 0)) return;
    const mark = async (): Promise<void> => {
      if (document.visibilityState !== "visible" || !document.hasFocus()) return;
      marked.current = seen;
      if (!(await markRead(supabase, eventId, seen))) marked.current = 0;
      const { queryKey } = inboxQuery(supabase);
      queryClient.setQueryData(queryKey, (events) =>
        events?.map((event) => (event.event_id === eventId ? { ...event, unread: 0, mentions: 0, first_mention_id: null, read_up_to: seen } : event)),
      );
    };
    const timer = setTimeout(() => void mark(), SETTLED_MS);
    const back = (): void => void mark();
    addEventListener("focus", back);
    return () => {
      clearTimeout(timer);
      removeEventListener("focus", back);
    };
  }, [eventId, seen, known, supabase, queryClient]);
}
