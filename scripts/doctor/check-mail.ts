import { type Deployment, fail, type Finding, ok, skip, warn } from "./finding.ts";

interface Listed {
  data?: { name?: string; status?: string; endpoint?: string; events?: string[] }[];
  name?: string;
}

/** Resend: the key's scope, the sender's domain, the webhook; and the domain's records as the world sees them. */
export async function checkMail(deployment: Deployment): Promise<Finding[]> {
  const domain = await senderDomain(deployment);
  return [...(await checkResend(deployment, domain)), ...(domain === null ? [] : await checkRecords(deployment, domain))];
}

async function senderDomain({ sql }: Deployment): Promise<string | null> {
  if (sql === null) return null;
  const [row] = await sql<[{ domain: string | null }]>`select lower(substring(sender_from from '@([^@>\s]+)>?\s*$')) as domain from private.settings`;
  return row.domain;
}

async function checkResend({ resend, supabaseUrl, fetch }: Deployment, domain: string | null): Promise<Finding[]> {
  if (resend === null) return [skip("Resend", "No RESEND_API_KEY was given.", "Set RESEND_API_KEY, best one with full access for this check.")];
  const ask = async (path: string) => {
    const headers = { authorization: `Bearer ${resend.apiKey}`, "user-agent": "chat-notifications-doctor/0.1" };
    const answer = await fetch(`${resend.baseUrl}${path}`, { headers, signal: AbortSignal.timeout(15_000) }).catch(() => null);
    return { status: answer?.status ?? 0, body: ((await answer?.json().catch(() => ({}))) ?? {}) as Listed };
  };
  const domains = await ask("/domains");
  if (domains.status === 0) return [fail("Resend", "Resend does not answer.", "Check the network and RESEND_BASE_URL.")];
  if (domains.body.name === "restricted_api_key" && domains.status === 401) {
    return [ok("Resend", "The key may only send: the safest one for the functions. Domain and webhook were not looked at.")];
  }
  if (domains.status === 401 || domains.status === 403) return [fail("Resend", "Resend refuses this key.", "Make a new one and set it: supabase secrets set RESEND_API_KEY=…")];
  if (domains.status !== 200) return [skip("Resend", `Resend answered ${domains.status} when asked for domains.`, "Try again later.")];
  const findings = [warn("Resend", "The key has full access.", "For the functions a key with sending access is enough; keep this one for checks.")];
  const found = domains.body.data?.find(({ name }) => name === domain || domain?.endsWith(`.${name}`));
  if (domain !== null) {
    findings.push(found?.status === "verified"
      ? ok("Resend", `${found.name} is verified.`)
      : fail("Resend", found === undefined ? `${domain} is not a domain of this account.` : `${found.name} is ${found.status}.`, "Add the domain and its records: https://resend.com/domains"));
  }
  const webhooks = await ask("/webhooks");
  if (webhooks.status !== 200) return [...findings, skip("webhook", `Resend answered ${webhooks.status} when asked for webhooks.`, "Look at https://resend.com/webhooks")];
  const ours = webhooks.body.data?.filter(({ endpoint }) => endpoint?.endsWith("/functions/v1/resend-webhook")) ?? [];
  const here = ours.find(({ endpoint }) => supabaseUrl === null || endpoint === `${supabaseUrl}/functions/v1/resend-webhook`);
  if (here === undefined) findings.push(fail("webhook", "Resend has no webhook to this deployment: bounces stay unknown.", "Create one to …/functions/v1/resend-webhook, see docs/deploy-supabase.md."));
  else if (!here.endpoint!.startsWith("https://")) findings.push(fail("webhook", "Resend's webhook leads to plain http.", "Change its address to https."));
  else if (here.status !== undefined && here.status !== "enabled") findings.push(fail("webhook", `Resend's webhook is ${here.status}.`, "Enable it at https://resend.com/webhooks"));
  else findings.push(ok("webhook", "Resend's webhook leads here."));
  return findings;
}

async function checkRecords({ resolveTxt }: Deployment, domain: string): Promise<Finding[]> {
  if (/(^|\.)(example\.(com|org|net)|test|localhost|invalid)$/.test(domain)) return [skip("DNS", "The sender's domain is an example.", "Set the sender first.")];
  const texts = async (name: string) => (await resolveTxt(name).catch(() => [])).map((parts) => parts.join(""));
  // A subdomain without a policy of its own has its parent's.
  const parents = domain.split(".").map((_, i, all) => all.slice(i).join(".")).filter((name) => name.includes("."));
  const policies = (await Promise.all(parents.map((name) => texts(`_dmarc.${name}`)))).flat().filter((text) => text.startsWith("v=DMARC1"));
  const dkim = await texts(`resend._domainkey.${domain}`);
  // Resend's return path is at send.<domain>.
  const spf = [...(await texts(`send.${domain}`)), ...(await texts(domain))].filter((text) => text.startsWith("v=spf1"));
  return [
    policies.length > 0 ? ok("DNS", `${domain} has a DMARC policy.`) : fail("DNS", `${domain} has no DMARC policy: Gmail, Yahoo and Outlook refuse bulk mail without one.`, `TXT _dmarc.${domain} "v=DMARC1; p=none;"`),
    dkim.some((text) => /\bp=\S/.test(text)) ? ok("DNS", `${domain} has Resend's DKIM key.`) : fail("DNS", `${domain} lacks Resend's DKIM key.`, `TXT resend._domainkey.${domain}, its value is at https://resend.com/domains`),
    spf.some((text) => /amazonses\.com|resend/.test(text)) ? ok("DNS", `SPF of send.${domain} names Resend.`) : fail("DNS", `SPF of send.${domain} does not name Resend's servers.`, `TXT send.${domain} "v=spf1 include:amazonses.com ~all"`),
  ];
}
