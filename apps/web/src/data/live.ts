import { use, useEffect, useEffectEvent } from "react";
import { ConfigContext } from "./config-context.ts";
import { useSupabase } from "./supabase.ts";

const ASK_EVERY_MS = 2_500;
/** Where the server speaks up by itself, asking is for what got lost. */
const ASK_RARELY_MS = 30_000;

/**
 * Calls back when something may have happened in an event: told by Realtime where there is one, by asking again
 * where there is none or while it is away, and at once when the tab or the connection comes back.
 */
export function useEventNews(eventId: string, onNews: () => void): void {
  const supabase = useSupabase();
  const hosted = use(ConfigContext)?.kind === "hosted";
  const tell = useEffectEvent(onNews);
  useEffect(() => {
    let told = false;
    let lastAsked = 0;
    const ask = (): void => {
      lastAsked = Date.now();
      tell();
    };
    const timer = setInterval(() => {
      if (document.visibilityState === "visible" && navigator.onLine && Date.now() - lastAsked >= (told ? ASK_RARELY_MS : ASK_EVERY_MS)) ask();
    }, ASK_EVERY_MS);
    const back = (): void => {
      if (document.visibilityState === "visible") ask();
    };
    document.addEventListener("visibilitychange", back);
    addEventListener("online", ask);
    const channel = hosted
      ? supabase
          .channel(`event:${eventId}`, { config: { private: true } })
          .on("broadcast", { event: "*" }, ask)
          .subscribe((status) => (told = status === "SUBSCRIBED"))
      : null;
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", back);
      removeEventListener("online", ask);
      if (channel) void supabase.removeChannel(channel);
    };
  }, [eventId, hosted, supabase]);
}
