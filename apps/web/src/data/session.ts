import type { Session, SupabaseClient } from "@supabase/supabase-js";
import { useSyncExternalStore } from "react";

/** Who is signed in on this browser, kept up to date with supabase-js and other tabs. */
export interface SessionStore {
  current(): Session | null;
  /** Whether the last session ended without the person asking for it. */
  expired(): boolean;
  signOut(): Promise<void>;
  subscribe(listener: () => void): () => void;
}

/** Resolves once it is known whether somebody is signed in. */
export async function openSession(supabase: SupabaseClient): Promise<SessionStore> {
  const { data } = await supabase.auth.getSession();
  let session = data.session;
  let expired = false;
  let leaving = false;
  const listeners = new Set<() => void>();
  supabase.auth.onAuthStateChange((event, next) => {
    if (event === "SIGNED_OUT") expired = session !== null && !leaving;
    else if (next) expired = false;
    const same = next?.user.id === session?.user.id;
    session = next;
    if (!same) for (const listener of [...listeners]) listener();
  });
  return {
    current: () => session,
    expired: () => expired,
    async signOut() {
      leaving = true;
      // Only here: being signed out on a phone by leaving a desk would surprise.
      const { error } = await supabase.auth.signOut({ scope: "local" });
      leaving = false;
      // The server may be away or know nothing of the session any more; here it ends all the same.
      if (error && session) await supabase.auth.signOut({ scope: "local" });
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

export function useSession(store: SessionStore): Session | null {
  return useSyncExternalStore(store.subscribe, store.current);
}
