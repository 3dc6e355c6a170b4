import { type QueryKey, useIsMutating, useMutation, useMutationState, useQueryClient } from "@tanstack/react-query";
import { useAccount } from "../../data/account.ts";
import { asking } from "../../data/failure.ts";
import { useSupabase } from "../../data/supabase.ts";
import { type BlockedSender, blockedQuery } from "./blocked-senders.ts";
import { type EventWish, eventWishesQuery, withWish } from "./event-wishes.ts";
import { nextLetterQuery } from "./next-letter.ts";
import { type Preferences, preferencesQuery } from "./preferences.ts";

const KEY = ["settings"];

/** One after another, in the order of the clicks: the last choice is the one that stays. */
const IN_TURN = { mutationKey: KEY, scope: { id: "settings" } };

/** Saves a change that the page already shows; shows what was there before when saving fails. */
function useSaving<Variables, Shown>(queryKey: QueryKey, save: (change: Variables) => Promise<unknown>, show: (shown: Shown, change: Variables) => Shown) {
  const supabase = useSupabase();
  const queryClient = useQueryClient();
  return useMutation({
    ...IN_TURN,
    mutationFn: save,
    onMutate: async (change: Variables) => {
      await queryClient.cancelQueries({ queryKey, exact: true });
      const before = queryClient.getQueryData<Shown>(queryKey);
      queryClient.setQueryData<Shown>(queryKey, (shown) => shown && show(shown, change));
      return { before };
    },
    onError: (_error, _change, context) => {
      if (context?.before !== undefined) queryClient.setQueryData(queryKey, context.before);
    },
    onSettled: () => {
      // While others wait their turn the page knows better than the server.
      if (queryClient.isMutating({ mutationKey: KEY }) > 1) return;
      void queryClient.invalidateQueries({ queryKey, exact: true });
      void queryClient.invalidateQueries({ queryKey: nextLetterQuery(supabase).queryKey });
    },
  });
}

/** @param before awaited before saving, while the page shows the change already. */
export function useSavePreferences(before: (change: Partial<Preferences>) => Promise<void>) {
  const supabase = useSupabase();
  const { user_id } = useAccount();
  return useSaving(
    preferencesQuery(supabase).queryKey,
    async (change: Partial<Preferences>) => {
      await before(change);
      await asking(supabase.from("notification_preferences").upsert({ user_id, ...change }));
    },
    (shown: Preferences, change) => ({ ...shown, ...change }),
  );
}

/** @param before as above. */
export function useSaveEventWish(before: (wish: EventWish) => Promise<void>) {
  const supabase = useSupabase();
  const queryClient = useQueryClient();
  const { user_id } = useAccount();
  return useSaving(
    eventWishesQuery(supabase).queryKey,
    async (wish: EventWish) => {
      const { event_id, level, muted_until } = wish;
      await before(wish);
      await asking(supabase.from("event_notification_preferences").upsert({ user_id, event_id, level, muted_until: muted_until?.toISOString() ?? null }));
      void queryClient.invalidateQueries({ queryKey: ["inbox"] });
    },
    (shown: EventWish[], wish) => withWish(shown, wish),
  );
}

export function useBlock() {
  const supabase = useSupabase();
  const { user_id } = useAccount();
  return useSaving(
    blockedQuery(supabase).queryKey,
    ({ sender_id }: BlockedSender) => asking(supabase.from("blocked_senders").insert({ user_id, sender_id })),
    (shown: BlockedSender[], sender) => [...shown.filter(({ sender_id }) => sender_id !== sender.sender_id), sender],
  );
}

export function useUnblock() {
  const supabase = useSupabase();
  return useSaving(
    blockedQuery(supabase).queryKey,
    (senderId: string) => asking(supabase.from("blocked_senders").delete().eq("sender_id", senderId)),
    (shown: BlockedSender[], senderId) => shown.filter(({ sender_id }) => sender_id !== senderId),
  );
}

/** What the page says of saving: nothing yet, under way, done, or what went wrong. */
export function useSavingState(): { state: "idle" | "saving" | "saved" | "failed"; error: unknown } {
  const saving = useIsMutating({ mutationKey: KEY }) > 0;
  const last = useMutationState({ filters: { mutationKey: KEY }, select: ({ state }) => state }).at(-1);
  if (saving) return { state: "saving", error: null };
  if (last?.status === "error") return { state: "failed", error: last.error };
  return { state: last?.status === "success" ? "saved" : "idle", error: null };
}
