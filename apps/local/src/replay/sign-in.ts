import { type SupabaseClient, createClient } from "@supabase/supabase-js";
import ws from "ws";
import type { StackAddress } from "./find-stack.ts";

/** Somebody signed in through the public API, with a client that acts as them. */
export interface SignedIn {
  id: string;
  client: SupabaseClient;
}

/** The password of the demo accounts; the people of a replay get the same. */
export const PASSWORD = "demo-password";

export function createApiClient({ supabaseUrl, anonKey }: StackAddress): SupabaseClient {
  return createClient(supabaseUrl, anonKey, {
    auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
    // Node 20 has no WebSocket of its own, and the client insists on one.
    realtime: { transport: ws as never },
  });
}

/** Signs in an account that exists. Throws ApiError when it does not. */
export async function signIn(stack: StackAddress, email: string): Promise<SignedIn> {
  const client = createApiClient(stack);
  const { data, error } = await client.auth.signInWithPassword({ email, password: PASSWORD });
  if (error !== null) throw new ApiError(`Signing in as ${email}`, error);
  return { id: data.user.id, client };
}

/** Signs somebody in who was here before, up who was not. Throws ApiError. */
export async function signInOrUp(stack: StackAddress, person: { email: string; handle: string; name: string }): Promise<SignedIn> {
  const client = createApiClient(stack);
  const { email, handle, name } = person;
  const before = await client.auth.signInWithPassword({ email, password: PASSWORD });
  if (before.data.user !== null) return { id: before.data.user.id, client };
  const { data, error } = await client.auth.signUp({ email, password: PASSWORD, options: { data: { handle, display_name: name } } });
  if (error !== null) throw new ApiError(`Signing up ${email}`, error);
  if (data.user === null || data.session === null) throw new ApiError(`Signing up ${email}`, { message: "it wants the address confirmed first" });
  return { id: data.user.id, client };
}

/** The public API said no, or nothing at all. */
export class ApiError extends Error {
  constructor(action: string, cause: { message: string; code?: string | undefined }) {
    super(`${action} failed: ${cause.message}${cause.code ? ` (${cause.code})` : ""}`);
  }
}
