import type { StackAddress } from "../../apps/local/src/replay/find-stack.ts";
import type { SignedIn } from "../../apps/local/src/replay/sign-in.ts";

export interface RestAnswer {
  status: number;
  /** PostgREST's error body; undefined where it succeeded. */
  error?: { code: string; message: string; hint: string | null };
}

/** One request to the data API, byte for byte as given; null acts as nobody. */
export async function rest(
  { supabaseUrl, anonKey }: StackAddress,
  person: SignedIn | null,
  method: "POST" | "PATCH",
  path: string,
  body: string,
): Promise<RestAnswer> {
  const token = person === null ? undefined : (await person.client.auth.getSession()).data.session?.access_token;
  const response = await fetch(`${supabaseUrl}/rest/v1/${path}`, {
    method,
    headers: {
      apikey: anonKey,
      "content-type": "application/json",
      prefer: "return=minimal",
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body,
  });
  const text = await response.text();
  if (response.ok) return { status: response.status };
  const { code, message, hint } = JSON.parse(text) as { code: string; message: string; hint: string | null };
  return { status: response.status, error: { code, message, hint } };
}
