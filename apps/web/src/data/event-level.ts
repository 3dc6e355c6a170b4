import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useAccount } from "./account.ts";
import { asking } from "./failure.ts";
import { inboxQuery } from "./inbox.ts";
import { useSupabase } from "./supabase.ts";

/** What a person may want to hear of an event by letter. */
export const LEVELS = ["all", "mentions", "none"] as const;
export type Level = (typeof LEVELS)[number];

/** Saves how much of an event one wants by letter; shown at once, taken back if it fails. */
export function useSetLevel(eventId: string) {
  const supabase = useSupabase();
  const queryClient = useQueryClient();
  const { user_id } = useAccount();
  const { queryKey } = inboxQuery(supabase);
  return useMutation({
    mutationFn: (level: Level) => asking(supabase.from("event_notification_preferences").upsert({ user_id, event_id: eventId, level })),
    onMutate: (level) => queryClient.setQueryData(queryKey, (events) => events?.map((event) => (event.event_id === eventId ? { ...event, level } : event))),
    onSettled: () => queryClient.invalidateQueries({ queryKey }),
  });
}
