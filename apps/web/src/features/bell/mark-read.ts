import { useMutation, useQueryClient } from "@tanstack/react-query";
import { asking } from "../../data/failure.ts";
import { type InboxEvent, inboxQuery } from "../../data/inbox.ts";
import { useSupabase } from "../../data/supabase.ts";

/** Marks events read up to their last message; shown at once, taken back if it fails. */
export function useMarkRead() {
  const supabase = useSupabase();
  const queryClient = useQueryClient();
  const { queryKey } = inboxQuery(supabase);
  return useMutation({
    mutationFn: (events: InboxEvent[]) =>
      Promise.all(events.map(({ event_id, last_message_id }) => asking(supabase.rpc("mark_event_read", { event_id, message_id: last_message_id })))),
    onMutate(events) {
      const ids = new Set(events.map(({ event_id }) => event_id));
      queryClient.setQueryData(queryKey, (known) =>
        known?.map((event) => (ids.has(event.event_id) ? { ...event, unread: 0, mentions: 0, first_mention_id: null, read_up_to: event.last_message_id } : event)),
      );
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey }),
  });
}
