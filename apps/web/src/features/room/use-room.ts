import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useSyncExternalStore } from "react";
import type { Account } from "../../data/account.ts";
import { useEventNews } from "../../data/live.ts";
import { useSupabase } from "../../data/supabase.ts";
import { createMessageSource, sendMessage } from "./message.ts";
import { Outbox } from "./outbox.ts";
import { Timeline } from "./timeline.ts";

/** One in so many looks also checks what is on screen for edits; the newest page is checked by each. */
const EDITS_EVERY = 4;

/** A room's messages and outbox, alive while the room is open. */
export function useRoom(eventId: string, account: Account) {
  const supabase = useSupabase();
  const queryClient = useQueryClient();
  const { timeline, outbox, onScreen } = useMemo(() => {
    const timeline = new Timeline(createMessageSource(supabase, eventId));
    const outbox = new Outbox({
      send: (key, body) => sendMessage(supabase, eventId, key, body),
      onSent(message) {
        timeline.add(message);
        void queryClient.invalidateQueries({ queryKey: ["inbox"] });
      },
      storage: localStorage,
      name: `outbox ${account.user_id} ${eventId}`,
      newKey: () => crypto.randomUUID(),
      now: () => Date.now(),
      later: (callback, milliseconds) => setTimeout(callback, milliseconds),
    });
    return { timeline, outbox, onScreen: { first: 0, last: 0, looks: 0 } };
  }, [supabase, queryClient, eventId, account.user_id]);
  useEffect(() => void outbox.flush(), [outbox]);
  useEventNews(eventId, () => {
    void outbox.flush();
    void timeline.refresh();
    onScreen.looks += 1;
    if (onScreen.looks % EDITS_EVERY === 0 && onScreen.last > 0) void timeline.refreshBetween(onScreen.first, onScreen.last);
  });
  const state = useSyncExternalStore(timeline.subscribe, timeline.state);
  const queue = useSyncExternalStore(outbox.subscribe, outbox.queue);
  return { timeline, outbox, state, queue, onScreen };
}
