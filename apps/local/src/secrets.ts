import { readFile } from "node:fs/promises";
import path from "node:path";
import * as v from "valibot";
import { writePrivateFile } from "./data-folder.ts";
import { StartFailure } from "./start-failure.ts";

const Secrets = v.object({
  /** Signs users' tokens (HS256). */
  jwtSecret: v.pipe(v.string(), v.minLength(32)),
  /** `sb_publishable_…`: what the browser sends; acts as anon. */
  publishableKey: v.string(),
  /** `sb_secret_…`: acts as service_role. */
  secretKey: v.string(),
  postgresPassword: v.string(),
  gatewayPassword: v.string(),
  notifierPassword: v.string(),
  /** `re_…`: the only key that the simulator takes. */
  simulatorKey: v.string(),
  /** `whsec_…`: signs the simulator's webhooks. */
  webhookSecret: v.string(),
  /** Signs the links in letters. */
  unsubscribeKey: v.pipe(v.string(), v.minLength(32)),
});
/** As found: what later versions added may be missing. */
const KnownSecrets = v.object({ ...Secrets.entries, unsubscribeKey: v.optional(Secrets.entries.unsubscribeKey) });
export type Secrets = v.InferOutput<typeof Secrets>;

/**
 * The data directory's own secrets, from `secrets.json` (mode 0600): made up at the first start, kept ever after. One
 * that an older version did not have is made up when it is missed.
 * @param randomHex `bytes` random bytes in hexadecimal digits.
 */
export async function loadSecrets(dataDir: string, randomHex: (bytes: number) => string): Promise<Secrets> {
  const file = path.join(dataDir, "secrets.json");
  const stored = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw unreadable(file, error.code ?? error.message);
  });
  const madeUp: Secrets = {
    jwtSecret: randomHex(32),
    publishableKey: `sb_publishable_${randomHex(16)}`,
    secretKey: `sb_secret_${randomHex(24)}`,
    postgresPassword: randomHex(24),
    gatewayPassword: randomHex(24),
    notifierPassword: randomHex(24),
    simulatorKey: `re_${randomHex(16)}`,
    webhookSecret: `whsec_${Buffer.from(randomHex(24), "hex").toString("base64")}`,
    unsubscribeKey: randomHex(32),
  };
  const known = stored === undefined ? {} : parseSecrets(file, stored);
  const secrets: Secrets = { ...madeUp, ...known };
  if (Object.keys(known).length < Object.keys(secrets).length) await writePrivateFile(file, `${JSON.stringify(secrets, null, 2)}\n`);
  return secrets;
}

function parseSecrets(file: string, text: string): Partial<Secrets> {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    throw unreadable(file, "not JSON");
  }
  const parsed = v.safeParse(KnownSecrets, content);
  if (!parsed.success) throw unreadable(file, `${v.getDotPath(parsed.issues[0])} is missing or wrong`);
  return parsed.output;
}

function unreadable(file: string, reason: string): StartFailure {
  return new StartFailure(
    "configuration_invalid",
    `Cannot read ${file} (${reason}): mend it, or set DATA_DIR to another folder to start afresh.`,
  );
}
