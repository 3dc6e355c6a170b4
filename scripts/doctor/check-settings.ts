import { type Deployment, fail, type Finding, ok, warn } from "./finding.ts";

/** The deployment's own settings: is delivery on for this address, do links and sender lead somewhere? */
export async function checkSettings({ sql, supabaseUrl }: Deployment): Promise<Finding[]> {
  if (sql === null) return [];
  const [settings] = await sql<[{ delivery_on_for: string | null; app_url: string; functions_url: string; sender_from: string; postal_address: string; redirect_all_to: boolean; allow_list: boolean }]>`
    select delivery_on_for, app_url, functions_url, sender_from, postal_address,
      redirect_all_to is not null as redirect_all_to, allow_list is not null as allow_list
    from private.settings`;
  const findings: Finding[] = [];
  const on = settings.delivery_on_for;
  if (on === null) findings.push(fail("delivery", "Delivery is switched off: nothing is sent.", "As an operator: select switch_delivery_on('<SUPABASE_URL>');"));
  else if (supabaseUrl !== null && on !== supabaseUrl) findings.push(fail("delivery", `Delivery is switched on for ${on}, and this is ${supabaseUrl}: nothing is sent.`, "If this is no copy: select switch_delivery_on('<SUPABASE_URL>');"));
  else findings.push(ok("delivery", `Delivery is switched on for ${on}.`));
  if (settings.redirect_all_to) findings.push(warn("delivery", "All mail is redirected to one address.", "On production: update private.settings set redirect_all_to = null;"));
  if (settings.allow_list) findings.push(warn("delivery", "Only addresses on a list get mail.", "On production: update private.settings set allow_list = null;"));
  for (const name of ["app_url", "functions_url"] as const) {
    const { protocol, hostname } = new URL(settings[name]);
    const local = ["localhost", "127.0.0.1", "[::1]"].includes(hostname);
    if (protocol === "https:") findings.push(ok("links", `${name} is ${settings[name]}.`));
    else if (local) findings.push(warn("links", `${name} leads to this machine: links in letters would not open elsewhere.`, `update private.settings set ${name} = 'https://…';`));
    else findings.push(fail("links", `${name} is plain http: links and one-click unsubscribing need https.`, `update private.settings set ${name} = 'https://…';`));
  }
  if (/@([\w-]+\.)*example\.(com|org|net)>?$/.test(settings.sender_from)) findings.push(fail("sender", "The sender is the example's.", "update private.settings set sender_from = 'Name <chat@your-domain>', list_domain = 'your-domain';"));
  else findings.push(ok("sender", `Letters come from ${settings.sender_from}.`));
  if (/1 Example Street/.test(settings.postal_address)) findings.push(fail("postal address", "The footer has the example's postal address; the law wants yours.", "update private.settings set postal_address = '…';"));
  return findings;
}
