import postgres, { type Sql } from "postgres";

/** A connection for somebody whose server crashes: whatever fails on it, the next attempt has a new one. */
export interface SturdyConnection {
  /** Rejects when the connection broke or nothing came back in time; then nobody knows what became of `act`. */
  run<T>(act: (sql: Sql) => Promise<T>): Promise<T>;
  end(): Promise<void>;
}

const PATIENCE_MS = 15_000;

export function createSturdyConnection(url: string, applicationName: string): SturdyConnection {
  survivePostgresJs();
  let sql: Sql | null = null;
  const open = () => postgres(url, { max: 1, onnotice() {}, backoff: () => 0.1, connection: { application_name: applicationName } }) as unknown as Sql;
  const close = async () => {
    const closing = sql;
    sql = null;
    await closing?.end({ timeout: 0 }).catch(() => {});
  };
  return {
    async run(act) {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(Object.assign(new Error("No answer from the database."), { code: "CONNECTION_SILENT" })), PATIENCE_MS);
      });
      const acting = act((sql ??= open()));
      acting.catch(() => {});
      try {
        return await Promise.race([acting, late]);
      } catch (error) {
        await close();
        throw error;
      } finally {
        clearTimeout(timer);
      }
    },
    end: close,
  };
}

let surviving = false;

/**
 * postgres 3.4.9 writes to the socket of a transaction whose server has gone, from a timer of its own, where nobody can
 * catch it (porsager/postgres issues 1154, 1208), and may reject what nobody was given. `run` notices by itself when no
 * answer comes.
 */
function survivePostgresJs(): void {
  if (surviving) return;
  surviving = true;
  process.on("uncaughtException", (error) => {
    if (isBrokenConnection(error) || (error instanceof TypeError && /postgres\/src\/connection\.js/.test(error.stack ?? ""))) return;
    console.error(error);
    process.exit(2);
  });
}

/** Codes of postgres.js, of sockets, and SQLSTATEs of a server that goes down or comes up. */
export function isBrokenConnection(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === "string" && /^(CONNECTION_|CONNECT_|ECONN|EPIPE|57P0|08)/.test(code);
}
