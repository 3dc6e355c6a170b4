import * as v from "valibot";
import type { Log } from "./deliver-dispatch.ts";
import { readLimited } from "./read-limited.ts";
import type { UnsubscribeDatabase, Unsubscribing } from "./unsubscribe-database.ts";
import type { UnsubscribeKeys } from "./unsubscribe-keys.ts";
import { openUnsubscribeToken, type UnsubscribeClaim } from "./unsubscribe-token.ts";

export interface UnsubscribeDeps {
  database: UnsubscribeDatabase;
  keys: UnsubscribeKeys;
  log: Log;
}

const MOST_BYTES = 10_000;

/** What the web app's page asks, as JSON. */
const PageAction = v.variant("action", [
  v.object({ action: v.literal("describe"), token: v.string() }),
  v.object({ action: v.literal("confirm"), token: v.string() }),
  v.object({ action: v.literal("undo"), token: v.string() }),
  v.object({
    action: v.literal("choose"),
    token: v.string(),
    choice: v.union([
      v.strictObject({ level: v.picklist(["none", "mentions", "all"]) }),
      v.strictObject({ delivery: v.picklist(["off", "weekly", "daily", "hourly", "immediate"]) }),
    ]),
  }),
]);
export type UnsubscribeAction = v.InferOutput<typeof PageAction>;

/** Why a request is refused: the `code` of the answer's JSON, beside a `message` for people. */
export type UnsubscribeRefusal =
  | "token_invalid"
  | "key_retired"
  | "sign_in_first"
  | "no_such_choice"
  | "not_understood"
  | "too_large"
  | "method_not_allowed";

const REFUSALS: Record<UnsubscribeRefusal, [status: number, message: string]> = {
  token_invalid: [400, "This link is damaged: open it from the letter again, or change your notification settings."],
  key_retired: [410, "This link is too old to be checked: change your notification settings instead."],
  sign_in_first: [403, "A letter's link can turn letters down and take that back. To get more, sign in."],
  no_such_choice: [422, "There is no such choice for this link."],
  not_understood: [400, "Send List-Unsubscribe=One-Click as a form, or describe, confirm, undo or choose as JSON."],
  too_large: [413, "The request is too large."],
  method_not_allowed: [405, "Use GET or POST."],
};

/**
 * The `unsubscribe` function. A form with `List-Unsubscribe=One-Click` (RFC 8058) stops what the letter's link is about:
 * 200 without content, however often. GET and HEAD change nothing and lead to the web app's page, which acts by JSON:
 * `UnsubscribeAction` in, `Unsubscribing` out. Rejects when the database cannot be reached.
 */
export async function unsubscribe(request: Request, deps: UnsubscribeDeps): Promise<Response> {
  switch (request.method) {
    case "GET":
    case "HEAD":
      return leadToPage(request, await deps.database.appUrl());
    case "OPTIONS":
      return new Response(null, { status: 204, headers: cors(await deps.database.appUrl()) });
    case "POST":
      return isJson(request) ? actForPage(request, deps) : stopWithOneClick(request, deps);
    default:
      return refuse("method_not_allowed", { allow: "GET, HEAD, OPTIONS, POST" });
  }
}

/** Prefetching link scanners end here, too: nothing is read but the page's address. */
function leadToPage(request: Request, appUrl: string): Response {
  const token = tokenOf(request);
  const location = `${appUrl}/unsubscribe${token === "" ? "" : `?token=${encodeURIComponent(token)}`}`;
  return new Response(null, { status: 303, headers: { location, "cache-control": "no-store", "referrer-policy": "no-referrer" } });
}

async function stopWithOneClick(request: Request, { database, keys, log }: UnsubscribeDeps): Promise<Response> {
  const body = await readLimited(request, MOST_BYTES);
  if (body === null) return refuse("too_large");
  if (!(await isOneClick(body, request.headers.get("content-type") ?? ""))) return refuse("not_understood");
  const opened = openUnsubscribeToken(tokenOf(request), keys);
  if (!opened.ok) return refuse(opened.code);
  await database.unsubscribe(opened.claim, "one_click");
  log("info", "unsubscribed", { scope: opened.claim.scope, source: "one_click" });
  return new Response(null, { status: 200, headers: { "cache-control": "no-store" } });
}

async function actForPage(request: Request, { database, keys, log }: UnsubscribeDeps): Promise<Response> {
  const headers = cors(await database.appUrl());
  const body = await readLimited(request, MOST_BYTES);
  if (body === null) return refuse("too_large", headers);
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), PageAction), body);
  if (!parsed.success) return refuse("not_understood", headers);
  const opened = openUnsubscribeToken(parsed.output.token, keys);
  if (!opened.ok) return refuse(opened.code, headers);
  try {
    const described = await act(parsed.output, opened.claim, database);
    log("info", "unsubscribe_page_acted", { scope: opened.claim.scope, action: parsed.output.action });
    return Response.json(described, { headers });
  } catch (error) {
    const code = SQL_REFUSALS[(error as { code?: string }).code ?? ""];
    if (code === undefined) throw error;
    return refuse(code, headers);
  }
}

const SQL_REFUSALS: Record<string, UnsubscribeRefusal> = { CN060: "sign_in_first", CN061: "no_such_choice" };

function act(asked: UnsubscribeAction, claim: UnsubscribeClaim, database: UnsubscribeDatabase): Promise<Unsubscribing> {
  switch (asked.action) {
    case "describe":
      return database.describe(claim);
    case "confirm":
      return database.unsubscribe(claim, "page");
    case "undo":
      return database.undo(claim);
    case "choose":
      return database.choose(claim, asked.choice);
  }
}

function tokenOf(request: Request): string {
  return new URL(request.url).searchParams.get("token") ?? "";
}

function isJson(request: Request): boolean {
  return /^application\/json\b/i.test(request.headers.get("content-type") ?? "");
}

/** Urlencoded or multipart, as RFC 8058 leaves it to the sender. */
async function isOneClick(body: string, contentType: string): Promise<boolean> {
  try {
    const form = await new Response(body, { headers: { "content-type": contentType } }).formData();
    return form.getAll("List-Unsubscribe").join() === "One-Click";
  } catch {
    return false;
  }
}

/** Only the web app's pages may read the answers; the token, not a cookie, says who is asking. */
function cors(appUrl: string): Record<string, string> {
  return {
    "access-control-allow-origin": new URL(appUrl).origin,
    "access-control-allow-methods": "POST",
    // supabase-js adds its own.
    "access-control-allow-headers": "content-type, apikey, authorization, x-client-info",
    "access-control-max-age": "3600",
    "cache-control": "no-store",
    vary: "origin",
  };
}

function refuse(code: UnsubscribeRefusal, headers: Record<string, string> = {}): Response {
  const [status, message] = REFUSALS[code];
  return Response.json({ code, message }, { status, headers: { "cache-control": "no-store", ...headers } });
}
