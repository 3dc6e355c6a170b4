import type { Sql } from "postgres";
import { getSender } from "./deployment-settings.ts";
import { withLogin } from "./login-roles.ts";
import type { MailService } from "./mail-service.ts";
import { refuseChangedPrivileges, snapshotPrivileges } from "./privilege-snapshot.ts";
import type { Secrets } from "./secrets.ts";
import { createSignInMail } from "./sign-in-mail.ts";
import { type SupabaseApi, createSupabaseApi } from "./supabase-api.ts";

export interface OpenApiOptions {
  /** The owner's connection, and the URL it was made from. */
  sql: Sql;
  url: string;
  secrets: Secrets;
  mail: MailService;
  origin: string;
}

/**
 * Opens the API as a login that owns nothing, and proves with a first request that it left the privileges
 * alone. Throws StartFailure privileges_widened.
 */
export async function openApi({ sql, url, secrets, mail, origin }: OpenApiOptions): Promise<SupabaseApi> {
  const before = await snapshotPrivileges(sql);
  const api = createSupabaseApi({
    ...secrets,
    url: withLogin(url, "api_gateway", secrets.gatewayPassword),
    siteUrl: origin,
    email: createSignInMail(mail, () => getSender(sql)),
  });
  const request = new Request(`${origin}/rest/v1/events?limit=1`, { headers: { apikey: secrets.publishableKey } });
  await (await api.fetch(request)).text();
  try {
    refuseChangedPrivileges(before, await snapshotPrivileges(sql));
  } catch (error) {
    await api.close();
    throw error;
  }
  return api;
}
