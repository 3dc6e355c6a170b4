import { type SupabaseClient, createClient } from "@supabase/supabase-js";
import { createContext, use } from "react";
import type { WebConfig } from "./config.ts";

export function createSupabase(config: WebConfig): SupabaseClient {
  return createClient(config.supabaseUrl, config.supabaseKey, {
    auth: { persistSession: true, autoRefreshToken: true, detectSessionInUrl: true, flowType: "implicit" },
  });
}

export const SupabaseContext = createContext<SupabaseClient | null>(null);

/** The one way to data. */
export function useSupabase(): SupabaseClient {
  const supabase = use(SupabaseContext);
  if (!supabase) throw new Error("useSupabase() needs a SupabaseContext around it");
  return supabase;
}
