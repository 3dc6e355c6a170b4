/** The audience of a person's token, as the auth service writes it. */
const AUDIENCE = "authenticated";

/**
 * PostgREST's refusal of a token that was made for another service, undefined where there is nothing to refuse.
 * Supabase Lite checks signature and times but not the audience; whether the token is genuine is its question still.
 */
export function refuseOtherAudience(request: Request): Response | undefined {
  const [, payload] = /^Bearer [^.]+\.([^.]+)\./i.exec(request.headers.get("authorization") ?? "") ?? [];
  if (payload === undefined) return undefined;
  const audience = readAudience(payload);
  if (audience === undefined || [audience].flat().includes(AUDIENCE)) return undefined;
  return Response.json({ code: "PGRST303", message: "JWT not in audience", details: null, hint: null }, { status: 401 });
}

function readAudience(payload: string): unknown {
  try {
    return (JSON.parse(Buffer.from(payload, "base64url").toString("utf8")) as { aud?: unknown }).aud;
  } catch {
    return undefined;
  }
}
