import { type SupabaseClient, createClient } from "@supabase/supabase-js";
import { createContext, use } from "react";
import type { WebConfig } from "./config.ts";

export function createSupabase(config: WebConfig): SupabaseClient {
  return createClient(config.supabaseUrl, config.supabaseKey, {
    global: { fetch: fetchInTime },
    auth: { persistSession: true, autoRefreshToken: true, detectSessionInUrl: true, flowType: "implicit" },
  });
}

/** Longer than any of our statements may take. */
const LONGEST_ANSWER_MS = 20_000;

/** A connection that swallows everything says nothing for minutes; what is given up here may be tried again. */
function fetchInTime(input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> {
  const timeout = AbortSignal.timeout(LONGEST_ANSWER_MS);
  return fetch(input, { ...init, signal: init.signal ? AbortSignal.any([init.signal, timeout]) : timeout });
}

export const SupabaseContext = createContext<SupabaseClient | null>(null);

/** The one way to data. */
export function useSupabase(): SupabaseClient {
  const supabase = use(SupabaseContext);
  if (!supabase) throw new Error("useSupabase() needs a SupabaseContext around it");
  return supabase;
}
