import type { Sql } from "postgres";

/** What one check found. `fail`: it does not work; `warn`: somebody should look; `skip`: could not be checked. */
export interface Finding {
  about: string;
  status: "ok" | "warn" | "fail" | "skip";
  /** One sentence without keys, passwords and addresses of people. */
  says: string;
  /** What mends it. */
  mend?: string;
}

/** The deployment as far as it is known; null: not told. */
export interface Deployment {
  /** As the owner; it reads and changes nothing. */
  sql: Sql | null;
  supabaseUrl: string | null;
  /** Of the Management API, for the project's backups. */
  accessToken: string | null;
  /** A secret key, for details of health. */
  secretKey: string | null;
  /** RESEND_WEBHOOK_SECRET, to see whether the function knows it. */
  webhookSecret: string | null;
  resend: { apiKey: string; baseUrl: string } | null;
  fetch: typeof fetch;
  /** Rejects where there is no such record. */
  resolveTxt: (name: string) => Promise<string[][]>;
  now: () => Date;
}

export const ok = (about: string, says: string): Finding => ({ about, status: "ok", says });
export const warn = (about: string, says: string, mend: string): Finding => ({ about, status: "warn", says, mend });
export const fail = (about: string, says: string, mend: string): Finding => ({ about, status: "fail", says, mend });
export const skip = (about: string, says: string, mend: string): Finding => ({ about, status: "skip", says, mend });
