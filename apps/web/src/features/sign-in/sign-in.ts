import type { SupabaseClient } from "@supabase/supabase-js";
import type { WebConfig } from "../../data/config.ts";
import { toFailure } from "../../data/failure.ts";

export type Refusal = "wrong" | "codeWrong" | "tooMany" | "unreachable" | "failed";
/** null: it worked. */
type Outcome = Promise<Refusal | null>;

export async function signInWithPassword(supabase: SupabaseClient, email: string, password: string): Outcome {
  const { error } = await supabase.auth.signInWithPassword({ email, password });
  return error && refusalOf(error, "wrong");
}

/** The answer is the same whether the address has an account or not; one without gets an account by following the link. */
export async function mailLink(supabase: SupabaseClient, email: string, backTo: string): Outcome {
  const { error } = await supabase.auth.signInWithOtp({ email, options: { emailRedirectTo: backTo, data: { time_zone: zoneHere() } } });
  return error && refusalOf(error, "failed");
}

export async function signInWithCode(supabase: SupabaseClient, config: WebConfig, email: string, token: string): Outcome {
  // The local stack knows only the older name of the same thing.
  const { error } = await supabase.auth.verifyOtp({ email, token, type: config.kind === "local" ? "magiclink" : "email" });
  return error && refusalOf(error, "codeWrong");
}

function zoneHere(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

function refusalOf(error: { message: string; status?: number | undefined; name?: string }, refused: Refusal): Refusal {
  const failure = toFailure({ message: error.message, name: error.name ?? "", ...(error.status !== undefined && { status: error.status }) });
  if (failure.unreachable) return "unreachable";
  if (error.status === 429) return "tooMany";
  return error.status !== undefined && error.status < 500 ? refused : "failed";
}
