/** What Postgres said, as postgres.js reports it. */
export interface PostgresRefusal {
  code: string;
  message: string;
  detail?: string;
  hint?: string;
}

/** SQLSTATE (or its class) → HTTP status, as PostgREST maps them. What is not listed is 400. */
const STATUS: Record<string, number> = {
  "08": 503, "09": 500, "0L": 403, "0P": 403, "23503": 409, "23505": 409, "25006": 405, "25": 500, "28": 403,
  "2D": 500, "38": 500, "39": 500, "3B": 500, "40": 500, "42501": 403, "42883": 404, "42P01": 404, "42P17": 500,
  "53": 503, "54": 500, "55": 500, "57": 500, "58": 500, F0: 500, HV: 500, P0001: 400, P0: 500, XX: 500,
};

/** PostgREST's answer to a statement that Postgres refused: supabase-js turns the body into `error`. */
export function toPostgrestError({ code, message, detail, hint }: PostgresRefusal): Response {
  const status = STATUS[code] ?? STATUS[code.slice(0, 2)] ?? 400;
  return Response.json({ code, message, details: detail ?? null, hint: hint ?? null }, { status });
}
