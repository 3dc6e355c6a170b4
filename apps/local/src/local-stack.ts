import { randomBytes } from "node:crypto";
import path from "node:path";
import type { Log } from "@chat-notifications/core/deliver-dispatch.ts";
import postgres, { type Sql } from "postgres";
import { rightsMissing } from "./check-database.ts";
import type { LocalConfig } from "./config.ts";
import { makeWritableFolder, refuseForeignDataFolder } from "./data-folder.ts";
import { buildWeb } from "./build-web.ts";
import { resetBatchWindow, setBatchWindow, setOrigin, switchDeliveryOn } from "./deployment-settings.ts";
import { toKeys } from "@chat-notifications/core/unsubscribe-keys.ts";
import { SCHEMA_VERSION } from "@chat-notifications/core/schema-version.ts";
import { hasServiceKey } from "@chat-notifications/core/service-key.ts";
import { createMetrics, type Metrics } from "@chat-notifications/worker/metrics.ts";
import { createEdgeFunctions, forwardEdgeFunctions } from "./edge-functions.ts";
import { listen } from "./http-server.ts";
import { writeLocalEnv } from "./local-env.ts";
import { createGatewayLogin, createNotifierLogin, withLogin } from "./login-roles.ts";
import { createMailService } from "./mail-service.ts";
import { openNotifierDatabase } from "@chat-notifications/worker/notifier-database.ts";
import { openDatabase } from "./open-database.ts";
import { startProcessor } from "@chat-notifications/worker/start-processor.ts";
import { type Secrets, loadSecrets } from "./secrets.ts";
import { seedDemo } from "./seed-demo.ts";
import { createWebApp } from "./web-app.ts";
import { openWebFiles } from "./web-files.ts";

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

/** Later ones run first. */
type Cleanups = (() => Promise<void>)[];

/**
 * Starts everything of the local stack in this process: port, database, migrations, demo, API, processor.
 * What was started is stopped again when a later step fails. Throws StartFailure.
 */
export async function startLocalStack(config: LocalConfig, log: Log): Promise<LocalStack> {
  const cleanups: Cleanups = [];
  const stop = async (): Promise<void> => {
    for (let cleanup = cleanups.pop(); cleanup; cleanup = cleanups.pop()) await cleanup();
  };
  try {
    return { ...(await start(config, log, cleanups)), stop };
  } catch (error) {
    await stop();
    // 42501: insufficient_privilege, from whatever step found out.
    const { code, message } = error as { code?: string; message: string };
    throw code === "42501" && config.databaseUrl !== null ? rightsMissing(message) : error;
  }
}

async function start(config: LocalConfig, log: Log, cleanups: Cleanups): Promise<Omit<LocalStack, "stop">> {
  const { dataDir } = config;
  await makeWritableFolder(dataDir);
  await refuseForeignDataFolder(dataDir);
  const server = await listen(config.port, config.host);
  const { origin } = server;
  cleanups.push(server.close);
  const secrets = await loadSecrets(dataDir, (bytes) => randomBytes(bytes).toString("hex"));

  // Supabase Lite takes a second to load: Postgres starts meanwhile, and most refusals come before both.
  const loading = Promise.all([import("./prepare-database.ts"), import("./open-api.ts")]);
  loading.catch(() => {});
  const building = buildWeb(dataDir);
  building.catch(() => {});
  const { url, embedded, exited: databaseExited, close } = await openDatabase(config, secrets);
  cleanups.push(close);
  const [{ prepareDatabase }, { openApi }] = await loading;
  await prepareDatabase({ url, migrations: path.join(SUPABASE_FOLDER, "migrations"), embedded });
  const sql = postgres(url, { max: 2, onnotice() {}, connection: { application_name: "chat-notifications owner" } });
  cleanups.push(() => sql.end({ timeout: 5 }));
  await setUp(sql, config, secrets, origin);

  const mail = createMailService(config, origin, secrets);
  const simulated = mail.simulator !== null || config.resendBaseUrl !== null;
  if (embedded || simulated) await switchDeliveryOn(sql, origin, simulated);
  const api = await openApi({ sql, url, secrets, mail, origin });
  cleanups.push(api.close);
  const unsubscribeKeys = toKeys([secrets.unsubscribeKey]);
  const notifier = openNotifierDatabase(withLogin(url, "notifier", secrets.notifierPassword), origin, unsubscribeKeys.signingId);
  cleanups.push(notifier.close);
  const functions = config.edgeFunctionsUrl !== null
    ? forwardEdgeFunctions(config.edgeFunctionsUrl)
    : createEdgeFunctions({
      ...notifier, deploymentUrl: origin, secretKeys: [secrets.secretKey], mail, webhookSecrets: [secrets.webhookSecret], unsubscribeKeys, log,
    });
  const metrics = createMetrics(notifier.operations);
  if (config.edgeFunctionsUrl === null) {
    const watch = { operations: notifier.operations, processor: { id: "local", kind: "local" as const, version: `schema ${SCHEMA_VERSION}` }, post: null, reportAlive: null };
    const processor = startProcessor({ database: notifier.database, mail, unsubscribeKeys, log: metrics.counting(log), watch });
    cleanups.push(processor.stop);
  }
  const envFile = await writeLocalEnv(dataDir, {
    SUPABASE_URL: origin,
    SUPABASE_ANON_KEY: secrets.publishableKey,
    SUPABASE_SERVICE_ROLE_KEY: secrets.secretKey,
    DATABASE_URL: url,
    RESEND_BASE_URL: mail.baseUrl,
    RESEND_API_KEY: mail.apiKey,
  });
  const mailboxUrl = simulated ? `${mail.baseUrl}/mailbox` : null;
  const demoEvents = embedded ? await listEvents(sql) : null;
  const page = { origin, publishableKey: secrets.publishableKey, mailboxUrl, demoEvents };
  const deployment = { supabaseUrl: origin, supabaseKey: secrets.publishableKey, mailbox: mail.simulator !== null };
  const web = await openWebFiles(await building, deployment);
  server.serve(createWebApp({ api: api.fetch, functions, metrics: showMetrics(metrics, secrets.secretKey), simulator: mail.simulator?.fetch ?? null, page, web }));
  // Once more, to be the first to stop: closing twice is harmless.
  cleanups.push(server.close);
  return { origin, dataDir, mailboxUrl, demo: embedded, envFile, databaseExited };
}

/** For a scraper that shows the secret key as Bearer token. */
function showMetrics(metrics: Metrics, secretKey: string): (request: Request) => Promise<Response> {
  return async (request) => {
    const apikey = (request.headers.get("authorization") ?? "").replace(/^Bearer /, "");
    if (await hasServiceKey(new Request(request.url, { headers: { apikey } }), [secretKey])) return metrics.respond();
    return Response.json({ message: "Send the secret key as Bearer." }, { status: 401 });
  };
}

async function setUp(sql: Sql, config: LocalConfig, secrets: Secrets, origin: string): Promise<void> {
  const embedded = config.databaseUrl === null;
  await createGatewayLogin(sql, secrets.gatewayPassword);
  await createNotifierLogin(sql, secrets.notifierPassword);
  if (embedded) await seedDemo(sql, path.join(SUPABASE_FOLDER, "seed.sql"));
  if (config.batchWindowSeconds !== null) await setBatchWindow(sql, config.batchWindowSeconds);
  else if (embedded) await resetBatchWindow(sql);
  await setOrigin(sql, origin);
}

async function listEvents(sql: Sql): Promise<{ id: string; title: string }[]> {
  return sql<{ id: string; title: string }[]>`select id, title from public.events order by created_at, id limit 10`;
}
