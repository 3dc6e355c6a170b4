import type { DatabaseHealth, Operations } from "./operations-database.ts";
import { worksWithSchema } from "./schema-version.ts";

export interface HealthDeps {
  operations: Pick<Operations, "health">;
  /** Whether this caller may see reasons and details; everybody may see the status. */
  isTrusted: (request: Request) => boolean | Promise<boolean>;
  /** Milliseconds on any clock that goes forward. */
  now: () => number;
  sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** A database that answers later is as good as none for whoever asks every second. */
const PATIENCE_MS = 3_000;
const SLOW_MS = 1_000;

/** GET: 200 ok or degraded, 503 down. With a key also the reasons, as codes of docs/operations.md, and the details. */
export async function health(request: Request, deps: HealthDeps): Promise<Response> {
  if (request.method !== "GET" && request.method !== "HEAD") {
    return Response.json({ message: "Ask with GET." }, { status: 405, headers: { allow: "GET, HEAD" } });
  }
  const report = await reportHealth(deps);
  const body = (await deps.isTrusted(request)) ? report : { status: report.status };
  return Response.json(body, { status: report.status === "down" ? 503 : 200, headers: { "cache-control": "no-store" } });
}

export interface HealthReport extends Pick<DatabaseHealth, "status" | "reasons"> {
  details: Record<string, unknown>;
}

export async function reportHealth({ operations, now, sleep }: Omit<HealthDeps, "isTrusted">): Promise<HealthReport> {
  const asked = now();
  const over = new AbortController();
  const answer = operations.health();
  answer.catch(() => {});
  try {
    const found = await Promise.race([answer, sleep(PATIENCE_MS, over.signal).then(() => Promise.reject(new Error("No answer.")))]);
    const ms = Math.round(now() - asked);
    const details = { ...found.details, database_ms: ms };
    if (!worksWithSchema(found.details.schema_version)) return { status: "down", reasons: ["schema_version", ...found.reasons], details };
    if (ms <= SLOW_MS) return { ...found, details };
    return { status: found.status === "ok" ? "degraded" : found.status, reasons: [...found.reasons, "database_slow"], details };
  } catch (error) {
    // too_many_connections: it lives, and has no room.
    const reason = (error as { code?: string }).code === "53300" ? "no_connections" : "database_unreachable";
    return { status: "down", reasons: [reason], details: { database_ms: Math.round(now() - asked) } };
  } finally {
    over.abort();
  }
}
