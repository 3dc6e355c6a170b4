/** Whether the host is this very machine. */
function isLocal(hostname: string): boolean {
  // A socket's folder is written %2Frun%2Fpostgresql.
  return /^%2f/i.test(hostname) || hostname === "localhost" || hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(hostname);
}

/** What `sslmode` values promise encryption; the others fall back to plain text or ask for it. */
const ENCRYPTED = new Set(["require", "verify-ca", "verify-full"]);

/**
 * A database address that says how it is encrypted: to another machine `sslmode=require` is added where nothing is
 * said, and anything weaker is refused.
 * @param allowPlaintext for a network that one trusts, e.g. containers of one host
 */
export function secureDatabaseUrl(text: string, allowPlaintext: boolean): { ok: true; url: string } | { ok: false; problem: string } {
  const url = URL.canParse(text) ? new URL(text) : null;
  // Without a host the driver would take whatever PGHOST names.
  if (url === null || !["postgres:", "postgresql:"].includes(url.protocol) || url.hostname === "") {
    return { ok: false, problem: "must look like postgresql://notifier:password@host:5432/postgres" };
  }
  // Of several the driver takes the last.
  const mode = url.searchParams.getAll("sslmode").at(-1);
  if (isLocal(url.hostname) || allowPlaintext || (mode !== undefined && ENCRYPTED.has(mode))) return { ok: true, url: text };
  if (mode !== undefined) return { ok: false, problem: `has sslmode=${/^[a-z-]+$/.test(mode) ? mode : "…"}: a database on another machine needs sslmode=require or stronger, or ALLOW_PLAINTEXT=true` };
  url.searchParams.set("sslmode", "require");
  return { ok: true, url: url.href };
}

/** A web address without its trailing slash; http only to this machine. */
export function secureWebUrl(text: string, allowPlaintext: boolean): { ok: true; url: string } | { ok: false; problem: string } {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !["http:", "https:"].includes(url.protocol)) return { ok: false, problem: "must be a web address" };
  if (url.protocol === "http:" && !isLocal(url.hostname) && !allowPlaintext) {
    return { ok: false, problem: "must begin with https://, or ALLOW_PLAINTEXT=true be set" };
  }
  return { ok: true, url: text.replace(/\/+$/, "") };
}
