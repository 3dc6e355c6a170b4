import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ATTACKS, type Attack } from "./attacks.ts";
import { CAST, EVENT } from "./cast.ts";
import { signToken } from "./caller.ts";
import { fingerprint } from "./fingerprint.ts";
import { KEYS, type OpenHouse, openHouse, tokenOf } from "./open-house.ts";

let house: OpenHouse;
let before: Record<string, string>;

beforeAll(async () => {
  house = await openHouse();
  before = await fingerprint(house.sql);
});
afterAll(() => house.close());

async function send({ by = "outsider", method = "GET", path, headers = {}, body }: Attack) {
  const signedIn: Record<string, string> = by === "anon" ? {} : { authorization: `Bearer ${tokenOf(CAST[by]!)}` };
  const response = await fetch(`${house.url}/rest/v1/${path}`, {
    method,
    headers: { apikey: KEYS.publishableKey, ...signedIn, "content-type": "application/json", ...headers, prefer: ["return=representation", headers.prefer].filter(Boolean).join(",") },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, text: await response.text() };
}

describe.each(Object.entries(ATTACKS))("whoever %s fails and changes nothing:", (_kind, attacks) => {
  test.each(attacks)("$name", async (attack) => {
    const { status, text } = await send(attack);
    if (attack.finds === "nothing") expect({ status, text }).toEqual({ status: 200, text: "[]" });
    else expect(status, text).toBeGreaterThanOrEqual(400);
    expect(status, text).toBeLessThan(500);
    expect(await fingerprint(house.sql)).toEqual(before);
  });
});

describe("whoever forges or replays a token is nobody:", () => {
  const now = Math.floor(Date.now() / 1000);
  const claims = { sub: CAST.recipient, role: "authenticated", aud: "authenticated", iat: now, exp: now + 3600 };
  const good = signToken(KEYS.jwtSecret, claims);
  const [header, content, signature] = good.split(".");
  const tokens: Record<string, string> = {
    "no signature, alg none": `${signToken("", claims, { alg: "none", typ: "JWT" }).split(".").slice(0, 2).join(".")}.`,
    "alg none with the signature of a good one": `${Buffer.from('{"alg":"none"}').toString("base64url")}.${content}.${signature}`,
    "another key": signToken("k".repeat(32), claims),
    "the publishable key as the signing key": signToken(KEYS.publishableKey, claims),
    "an empty key": signToken("", claims),
    "another algorithm in its header": signToken(KEYS.jwtSecret, claims, { alg: "RS256", typ: "JWT" }),
    "service_role, signed with another key": signToken("k".repeat(32), { ...claims, role: "service_role" }),
    "somebody else put into a good one": `${header}.${Buffer.from(JSON.stringify({ ...claims, sub: CAST.operator })).toString("base64url")}.${signature}`,
    "yesterday's": signToken(KEYS.jwtSecret, { ...claims, iat: now - 90_000, exp: now - 86_400 }),
    "one that is not valid yet": signToken(KEYS.jwtSecret, { ...claims, nbf: now + 3600 }),
    "one for another audience": signToken(KEYS.jwtSecret, { ...claims, aud: "another-service" }),
    "no token at all": "nonsense",
  };

  test("a good one is somebody", async () => {
    const { status, text } = await ask({ authorization: `Bearer ${good}` });
    expect({ status, rows: (JSON.parse(text) as unknown[]).length }).toEqual({ status: 200, rows: 1 });
  });

  test.each(Object.entries(tokens))("%s", async (_name, token) => {
    const { status, text } = await ask({ authorization: `Bearer ${token}` });
    expect(status, text).toBe(401);
    expect(text).not.toContain("probed");
    expect(await fingerprint(house.sql)).toEqual(before);
  });
});

describe("whoever holds the publishable key has no more than that:", () => {
  test.each<[string, Record<string, string>]>([
    ["as a bearer token", { authorization: `Bearer ${KEYS.publishableKey}` }],
    ["renamed to a secret one", { apikey: KEYS.publishableKey.replace("publishable", "secret") }],
    ["with a role asked for", { "x-role": "service_role", role: "service_role" }],
    ["no key", { apikey: "" }],
    ["the secret key's beginning", { apikey: KEYS.secretKey.slice(0, -1) }],
    ["the secret key with more behind it", { apikey: `${KEYS.secretKey}x` }],
  ])("%s", async (_name, headers) => {
    const { status, text } = await ask(headers);
    expect(status, text).toBe(401);
    expect(await fingerprint(house.sql)).toEqual(before);
  });
});

test("whoever signs up cannot make themselves an operator or somebody else", async () => {
  const operators = () => house.sql`select user_id from private.operators`;
  const known = [...await operators()];
  const response = await fetch(`${house.url}/auth/v1/signup`, {
    method: "POST",
    headers: { apikey: KEYS.publishableKey, "content-type": "application/json" },
    body: JSON.stringify({
      id: CAST.operator, email: "attacker@example.com", password: "attacker-password", role: "service_role",
      app_metadata: { role: "service_role", operator: true }, raw_app_meta_data: { role: "service_role" },
      data: { role: "service_role", operator: true, handle: "operator", user_id: CAST.operator, display_name: "Operator\r\nBcc: x@example.com" },
    }),
  });
  const { access_token: token, user } = (await response.json()) as { access_token: string; user: { id: string } };
  expect(user.id).not.toBe(CAST.operator);
  const [profile] = await house.sql`select handle, display_name from public.profiles where user_id = ${user.id}`;
  expect(profile).toMatchObject({ handle: expect.stringMatching(/^operator-/), display_name: expect.not.stringMatching(/[\r\n]/) });
  for (const path of ["notifications", "emails", "incidents", "events", "chat_messages"]) {
    const answer = await fetch(`${house.url}/rest/v1/${path}`, { headers: { apikey: KEYS.publishableKey, authorization: `Bearer ${token}` } });
    expect(await answer.json(), path).toEqual([]);
  }
  const statistics = await fetch(`${house.url}/rest/v1/notification_stats`, { headers: { apikey: KEYS.publishableKey, authorization: `Bearer ${token}` } });
  expect(statistics.status).toBe(403);
  expect([...await operators()]).toEqual(known);
});

test("whoever left an event changes nothing there any more, and nobody brings back what was deleted", async () => {
  const { sql, callers } = house;
  const bodies = async () => (await sql`select body, deleted_at is not null as deleted from public.chat_messages where event_id = ${EVENT}`)[0];
  await sql`delete from public.event_participants where event_id = ${EVENT} and user_id = ${CAST.recipient!}`;
  for (const way of ["SQL", "HTTP"] as const) {
    // Without a filter: an update that reads nothing is not held to what its author may read.
    await callers[way].recipient!.update("public.chat_messages", {}, { body: "rewritten from outside" });
    expect(await bodies()).toEqual({ body: "the probed message", deleted: false });
  }
  await sql`insert into public.event_participants (event_id, user_id) values (${EVENT}, ${CAST.recipient!})`;
  await sql`update public.chat_messages set deleted_at = now() where event_id = ${EVENT}`;
  const back = { body: "back again", deleted_at: null as never };
  for (const way of ["SQL", "HTTP"] as const) {
    await callers[way].recipient!.update("public.chat_messages", { event_id: EVENT }, back);
    expect(await bodies()).toEqual({ body: "", deleted: true });
  }
});

/** Reads the recipient's message with the publishable key and these headers over it. */
async function ask(headers: Record<string, string>) {
  const response = await fetch(`${house.url}/rest/v1/chat_messages?event_id=eq.${EVENT}`, { headers: { apikey: KEYS.publishableKey, ...headers } });
  return { status: response.status, text: await response.text() };
}
