import { randomBytes } from "node:crypto";
import path from "node:path";
import type { Log } from "@chat-notifications/core/deliver-dispatch.ts";
import postgres, { type Sql } from "postgres";
import { rightsMissing } from "./check-database.ts";
import type { LocalConfig } from "./config.ts";
import { makeWritableFolder, refuseForeignDataFolder } from "./data-folder.ts";
import { getSender, resetBatchWindow, setBatchWindow, setOrigin } from "./deployment-settings.ts";
import { edgeFunctions } from "./edge-functions.ts";
import { type HttpServer, listen } from "./http-server.ts";
import { writeLocalEnv } from "./local-env.ts";
import { createGatewayLogin, createNotifierLogin, withLogin } from "./login-roles.ts";
import { type MailService, createMailService } from "./mail-service.ts";
import { type OpenDatabase, openDatabase } from "./open-database.ts";
import { refuseChangedPrivileges, snapshotPrivileges } from "./privilege-snapshot.ts";
import { startProcessor } from "./processor.ts";
import { type Secrets, loadSecrets } from "./secrets.ts";
import { seedDemo } from "./seed-demo.ts";
import { createSignInMail } from "./sign-in-mail.ts";
import type { SupabaseApi } from "./supabase-api.ts";
import { createWebApp } from "./web-app.ts";

const SUPABASE_FOLDER = path.join(import.meta.dirname, "../../../supabase");

export interface LocalStack {
  origin: string;
  dataDir: string;
  /** null: real Resend. */
  mailboxUrl: string | null;
  /** Whether the demo accounts exist. */
  demo: boolean;
  envFile: string;
  /** Resolves if the embedded Postgres ends by itself. */
  databaseExited: Promise<void>;
  /** HTTP stops accepting, the processor finishes, the database stops. */
  stop(): Promise<void>;
}

/**
 * Starts everything of the local stack in this process: port, database, migrations, demo, API, processor.
 * What was started is stopped again when a later step fails. Throws StartFailure.
 */
export async function startLocalStack(config: LocalConfig, log: Log): Promise<LocalStack> {
  const cleanups: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (let cleanup = cleanups.pop(); cleanup; cleanup = cleanups.pop()) await cleanup();
  };
  try {
    return await start(config, log, cleanups, stop);
  } catch (error) {
    await stop();
    // 42501: insufficient_privilege, from whatever step found out.
    const { code, message } = error as { code?: string; message: string };
    throw code === "42501" && config.databaseUrl !== null ? rightsMissing(message) : error;
  }
}

/** `cleanups` run last in, first out. */
async function start(config: LocalConfig, log: Log, cleanups: (() => Promise<void>)[], stop: () => Promise<void>): Promise<LocalStack> {
  await makeWritableFolder(config.dataDir);
  await refuseForeignDataFolder(config.dataDir);
  const server = await listen(config.port, config.host);
  cleanups.push(() => server.close());
  const secrets = await loadSecrets(config.dataDir, (bytes) => randomBytes(bytes).toString("hex"));
  // Supabase Lite takes a second to load: meanwhile Postgres starts. Most refusals come before both.
  const loading = Promise.all([import("./prepare-database.ts"), import("./supabase-api.ts")]);
  loading.catch(() => {});
  const database = await openDatabase(config, secrets);
  cleanups.push(() => database.close());
  const [{ prepareDatabase }, { createSupabaseApi }] = await loading;
  await prepareDatabase({ url: database.url, migrations: path.join(SUPABASE_FOLDER, "migrations"), embedded: database.embedded });
  const sql = postgres(database.url, { max: 2, onnotice() {}, connection: { application_name: "chat-notifications owner" } });
  cleanups.push(() => sql.end({ timeout: 5 }));
  await setUp(sql, config, secrets, database, server.origin);

  const mail = createMailService(config.resendApiKey, server.origin, secrets.simulatorKey);
  const api = await openApi(createSupabaseApi, sql, database, secrets, mail, server);
  cleanups.push(() => api.close());
  const processor = startProcessor({ databaseUrl: withLogin(database.url, "notifier", secrets.notifierPassword), mail, log });
  cleanups.push(() => processor.stop());
  const envFile = await writeLocalEnv(config.dataDir, {
    SUPABASE_URL: server.origin,
    SUPABASE_ANON_KEY: secrets.publishableKey,
    SUPABASE_SERVICE_ROLE_KEY: secrets.secretKey,
    DATABASE_URL: database.url,
    RESEND_BASE_URL: mail.baseUrl,
    RESEND_API_KEY: mail.apiKey,
  });
  const mailboxUrl = mail.simulator ? `${server.origin}/resend/mailbox` : null;
  const demoEvents = database.embedded ? await sql<{ id: string; title: string }[]>`select id, title from public.events order by created_at, id limit 10` : null;
  const page = { origin: server.origin, publishableKey: secrets.publishableKey, mailboxUrl, demoEvents };
  server.serve(createWebApp({ api: api.fetch, functions: edgeFunctions, simulator: mail.simulator?.fetch ?? null, page }));
  cleanups.push(() => server.close());
  return { origin: server.origin, mailboxUrl, demo: database.embedded, envFile, dataDir: config.dataDir, databaseExited: database.exited, stop };
}

async function setUp(sql: Sql, config: LocalConfig, secrets: Secrets, database: OpenDatabase, origin: string): Promise<void> {
  await createGatewayLogin(sql, secrets.gatewayPassword);
  await createNotifierLogin(sql, secrets.notifierPassword);
  if (database.embedded) await seedDemo(sql, path.join(SUPABASE_FOLDER, "seed.sql"));
  if (config.batchWindowSeconds !== null) await setBatchWindow(sql, config.batchWindowSeconds);
  else if (database.embedded) await resetBatchWindow(sql);
  await setOrigin(sql, origin);
}

/** Opens the API and proves with a first request that it left the privileges alone. */
async function openApi(sql: Sql, database: OpenDatabase, secrets: Secrets, mail: MailService, server: HttpServer): Promise<SupabaseApi> {
  const before = await snapshotPrivileges(sql);
  const api = createSupabaseApi({
    ...secrets,
    url: withLogin(database.url, "api_gateway", secrets.gatewayPassword),
    siteUrl: server.origin,
    email: createSignInMail(mail, () => getSender(sql)),
  });
  const headers = { apikey: secrets.publishableKey };
  const answer = await api.fetch(new Request(`${server.origin}/rest/v1/events?limit=1`, { headers }));
  await answer.text();
  refuseChangedPrivileges(before, await snapshotPrivileges(sql));
  return api;
}
