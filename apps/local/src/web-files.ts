import { readFile, readdir } from "node:fs/promises";
import path from "node:path";

/** What the page must know of its deployment. */
export interface WebDeployment {
  supabaseUrl: string;
  supabaseKey: string;
  mailbox: boolean;
}

const TYPES: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".json": "application/json",
};

/**
 * Scripts, styles and connections of this origin only, none inline; the mailbox shows letters in frames. Mantine's
 * style elements are switched off (apps/web/src/app/theme-variables.ts); styles set from scripts need no permission.
 */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "frame-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join("; ");

const HEADERS = {
  "content-security-policy": CONTENT_SECURITY_POLICY,
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
};

/** Answers for the built app: its files, and index.html for every path that is a page. null: not the app's. */
export async function openWebFiles(folder: string, deployment: WebDeployment): Promise<(request: Request) => Response | null> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const entry of entries) {
    const file = path.join(entry.parentPath, entry.name);
    const type = path.extname(entry.name.replace(/\.br$/, ""));
    if (entry.isFile() && type in TYPES) files.set(`/${path.relative(folder, file).replaceAll("\\", "/")}`, new Uint8Array(await readFile(file)));
  }
  const index = fillIn(Buffer.from(files.get("/index.html")!).toString("utf8"), deployment);
  return (request) => {
    if (request.method !== "GET" && request.method !== "HEAD") return null;
    const { pathname } = new URL(request.url);
    const file = pathname === "/index.html" ? undefined : files.get(pathname);
    const type = TYPES[path.extname(pathname)];
    if (file && type) {
      const headers = { ...HEADERS, "content-type": type, "cache-control": cachingOf(pathname), vary: "accept-encoding" };
      const compressed = /\bbr\b/.test(request.headers.get("accept-encoding") ?? "") ? files.get(`${pathname}.br`) : undefined;
      return compressed ? new Response(compressed, { headers: { ...headers, "content-encoding": "br" } }) : new Response(file, { headers });
    }
    // A file that is gone must not be answered with a page.
    if (path.extname(pathname) !== "" && pathname.startsWith("/assets/")) return null;
    return new Response(index, { headers: { ...HEADERS, "content-type": TYPES[".html"]!, "cache-control": "no-cache" } });
  };
}

/** Names of built files change with their content. */
function cachingOf(pathname: string): string {
  return pathname.startsWith("/assets/") ? "public, max-age=31536000, immutable" : "no-cache";
}

function fillIn(index: string, { supabaseUrl, supabaseKey, mailbox }: WebDeployment): string {
  const values: Record<string, string> = { VITE_SUPABASE_URL: supabaseUrl, VITE_SUPABASE_KEY: supabaseKey, VITE_SUPABASE_KIND: "local", VITE_MAILBOX: mailbox ? "yes" : "no" };
  return index.replace(/\{\{(VITE_\w+)\}\}/g, (_, name: string) => escapeAttribute(values[name] ?? ""));
}

function escapeAttribute(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/"/g, "&quot;").replace(/</g, "&lt;");
}
