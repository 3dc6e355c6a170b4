/**
 * `npm run doctor -- [--env FILE] [--json]`: checks a deployment and says what is wrong and how to mend it. Reads
 * DATABASE_URL (the owner's), SUPABASE_URL, SUPABASE_SERVICE_ROLE_KEY or SUPABASE_SECRET_KEY, RESEND_API_KEY,
 * RESEND_WEBHOOK_SECRET and RESEND_BASE_URL from the environment or the file. It changes nothing. Ends with 1 when something does not work.
 */
import { resolveTxt } from "node:dns/promises";
import { readFileSync } from "node:fs";
import { parseArgs, parseEnv } from "node:util";
import { secureDatabaseUrl, secureWebUrl } from "@chat-notifications/core/secure-address.ts";
import postgres from "postgres";
import { examine } from "./examine.ts";
import { printFindings } from "./print-findings.ts";

const USAGE = `npm run doctor -- [--env FILE] [--json]

Checks a deployment and says what is wrong and how to mend it. It changes nothing.
Variables, from the environment or FILE; what is missing is not checked:
  DATABASE_URL         the owner's address of the database
  SUPABASE_URL         the project's address
  SUPABASE_SECRET_KEY  a secret key, for the details of health
  SUPABASE_ACCESS_TOKEN  of your account, for the project's backups
  RESEND_API_KEY       for domain and webhook one with full access
  RESEND_WEBHOOK_SECRET  the webhook's signing secret, to see whether the function knows it
  ALLOW_PLAINTEXT      true: http and databases without TLS on other machines`;

const { values } = parseArgs({
  options: { env: { type: "string" }, json: { type: "boolean", default: false }, help: { type: "boolean", default: false } },
});
if (values.help) {
  console.log(USAGE);
  process.exit();
}
const env: Record<string, string | undefined> = { ...(values.env === undefined ? {} : parseEnv(readFileSync(values.env, "utf8"))), ...process.env };
const allowPlaintext = env.ALLOW_PLAINTEXT === "true";
const problems: string[] = [];

function secure(name: string, check: typeof secureWebUrl): string | null {
  if (!env[name]) return null;
  const address = check(env[name], allowPlaintext);
  if (address.ok) return address.url;
  problems.push(`${name} ${address.problem}.`);
  return null;
}

const databaseUrl = secure("DATABASE_URL", secureDatabaseUrl);
const supabaseUrl = secure("SUPABASE_URL", secureWebUrl);
const resendUrl = secure("RESEND_BASE_URL", secureWebUrl) ?? "https://api.resend.com";
if (problems.length > 0) {
  console.error(problems.join("\n"));
  process.exit(1);
}
const sql = databaseUrl === null ? null : postgres(databaseUrl, { max: 1, prepare: false, connect_timeout: 10, onnotice() {}, connection: { application_name: "chat-notifications doctor" } });
const findings = await examine({
  sql, supabaseUrl, fetch, resolveTxt, now: () => new Date(),
  webhookSecret: env.RESEND_WEBHOOK_SECRET || null,
  accessToken: env.SUPABASE_ACCESS_TOKEN || null,
  secretKey: env.SUPABASE_SECRET_KEY || env.SUPABASE_SERVICE_ROLE_KEY || null,
  resend: env.RESEND_API_KEY ? { apiKey: env.RESEND_API_KEY, baseUrl: resendUrl } : null,
});
await sql?.end({ timeout: 5 });
console.log(values.json ? JSON.stringify(findings, null, 2) : printFindings(findings));
process.exitCode = findings.some(({ status }) => status === "fail") ? 1 : 0;
