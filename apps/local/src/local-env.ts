import path from "node:path";
import { writePrivateFile } from "./data-folder.ts";

export interface LocalEnv {
  SUPABASE_URL: string;
  /** The publishable key. */
  SUPABASE_ANON_KEY: string;
  /** The secret key. */
  SUPABASE_SERVICE_ROLE_KEY: string;
  /** The owner's URL. */
  DATABASE_URL: string;
  RESEND_BASE_URL: string;
  RESEND_API_KEY: string;
}

/** Writes `local.env` (mode 0600) for scripts and for `node --env-file`, and returns its path. */
export async function writeLocalEnv(dataDir: string, env: LocalEnv): Promise<string> {
  const file = path.join(dataDir, "local.env");
  const lines = Object.entries(env).map(([name, value]) => `${name}=${quote(value)}`);
  await writePrivateFile(file, `# Written at each start of the local stack.\n${lines.join("\n")}\n`);
  return file;
}

/** Plain where a shell and dotenv agree on plain; single quotes else. */
function quote(value: string): string {
  return /^[\w.:/@%+?=&-]*$/.test(value) && !value.includes("&") ? value : `'${value}'`;
}
