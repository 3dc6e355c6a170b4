import { Webhook } from "standardwebhooks";
import { type Deployment, fail, type Finding, ok, skip, warn } from "./finding.ts";

/** A call a stranger could make, and what has to come of it. */
const STRANGERS = [
  { name: "process-notifications-cron", method: "POST", body: "{}", refusal: 401 },
  { name: "send-chat-notifications", method: "POST", body: "{}", refusal: 401 },
  { name: "resend-webhook", method: "POST", body: "{}", refusal: 401 },
  { name: "unsubscribe", method: "POST", body: "List-Unsubscribe=One-Click", path: "?token=none", refusal: 400 },
];

/** The edge functions: deployed, well configured, closed to strangers. */
export async function checkFunctions(deployment: Deployment): Promise<Finding[]> {
  const { supabaseUrl, secretKey, fetch } = deployment;
  if (supabaseUrl === null) return [skip("functions", "No SUPABASE_URL was given.", "Set SUPABASE_URL to the project's address.")];
  const findings = await Promise.all(STRANGERS.map((stranger) => callAsStranger(stranger, deployment)));
  findings.push(...(await checkWebhookSecret(deployment)));
  const headers: Record<string, string> = secretKey === null ? {} : { apikey: secretKey };
  const answer = await fetch(`${supabaseUrl}/functions/v1/send-chat-notifications/health`, { headers, signal: AbortSignal.timeout(15_000) }).catch(() => null);
  if (answer === null) return [...findings, fail("functions", "…/health does not answer.", "Check SUPABASE_URL and the network.")];
  const body = (await answer.json().catch(() => ({}))) as { status?: string; reasons?: string[]; message?: string };
  if (body.status === undefined) findings.push(fail("functions", `…/health answers ${answer.status}: ${body.message ?? "no status"}`, "See the function's log."));
  else if (secretKey !== null && body.reasons === undefined) findings.push(fail("functions", "The functions do not know this secret key.", "Use one of the project's secret keys, or deploy the functions anew after rotating keys."));
  else findings.push((body.status === "ok" ? ok : warn)("functions", `…/health says ${[body.status, ...(body.reasons ?? [])].join(", ")}.`, "docs/operations.md says what each word means."));
  return findings;
}

async function callAsStranger({ name, method, body, path = "", refusal }: (typeof STRANGERS)[number], { supabaseUrl, fetch }: Deployment): Promise<Finding> {
  const headers = { "content-type": name === "unsubscribe" ? "application/x-www-form-urlencoded" : "application/json" };
  const answer = await fetch(`${supabaseUrl}/functions/v1/${name}${path}`, { method, body, headers, redirect: "manual", signal: AbortSignal.timeout(15_000) }).catch(() => null);
  if (answer === null) return fail("functions", `${name} does not answer.`, "Check SUPABASE_URL and the network.");
  const text = await answer.text();
  if (answer.status === 404 && /not found/i.test(text)) return fail("functions", `${name} is not deployed.`, `supabase functions deploy ${name}`);
  if (answer.status === 401 && /UNAUTHORIZED|Missing authorization|Invalid JWT/i.test(text)) return fail("functions", `The platform refuses callers of ${name} before it is asked.`, "Deploy with verify_jwt = false, as in config.toml.");
  if (answer.status === refusal) return ok("functions", `${name} answers and refuses strangers.`);
  if (answer.status === 500) return fail("functions", `${name} is not set up: ${/"message":"([^"]{0,300})/.exec(text)?.[1] ?? "it answers 500"}`, "supabase secrets set …, see docs/deploy-supabase.md.");
  return fail("functions", `${name} answered a stranger with ${answer.status}.`, "Deploy the version of this checkout.");
}

/** Something signed that is no event: refused as such by who knows the secret, and for its signature by who does not. */
async function checkWebhookSecret({ webhookSecret, supabaseUrl, fetch, now }: Deployment): Promise<Finding[]> {
  if (webhookSecret === null) return [skip("webhook", "Whether the function knows the webhook's secret was not asked.", "Set RESEND_WEBHOOK_SECRET to the signing secret that Resend shows.")];
  const secret = webhookSecret.split(",")[0]!.trim();
  if (!/^whsec_[A-Za-z0-9+/]{16,}={0,2}$/.test(secret)) return [fail("webhook", "RESEND_WEBHOOK_SECRET is not a signing secret.", "It begins with whsec_: https://resend.com/webhooks")];
  const [body, id, at] = ["the doctor asks", "doctor", now()];
  const headers = { "svix-id": id, "svix-timestamp": String(Math.floor(at.getTime() / 1000)), "svix-signature": new Webhook(secret).sign(id, at, body) };
  const answer = await fetch(`${supabaseUrl}/functions/v1/resend-webhook`, { method: "POST", body, headers, signal: AbortSignal.timeout(15_000) }).catch(() => null);
  await answer?.body?.cancel();
  if (answer?.status === 400) return [ok("webhook", "resend-webhook knows this signing secret.")];
  // Everything else is said of the function already.
  if (answer?.status !== 401) return [];
  return [fail("webhook", "resend-webhook does not know this signing secret: whatever Resend reports is refused.", "supabase secrets set RESEND_WEBHOOK_SECRET=… with the secret of https://resend.com/webhooks")];
}
