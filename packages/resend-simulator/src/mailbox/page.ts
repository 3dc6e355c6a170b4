import { createHash } from "node:crypto";
import { html, raw } from "hono/html";
import { refreshScript } from "./refresh-script.ts";
import { style } from "./style.ts";

export type Markup = ReturnType<typeof html>;

const sha256 = (text: string) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

/** Only our own style and script, named by their hash, run on the mailbox's pages. */
export const pageHeaders: Readonly<Record<string, string>> = {
  "content-security-policy": [
    "default-src 'none'",
    `style-src ${sha256(style)}`,
    `script-src ${sha256(refreshScript)}`,
    "connect-src 'self'",
    "frame-src 'self'",
    "img-src data:",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'self'",
  ].join("; "),
  "x-content-type-options": "nosniff",
  "referrer-policy": "same-origin",
  "cache-control": "no-store",
};

const icon =
  "data:image/svg+xml,%3Csvg xmlns=%22http://www.w3.org/2000/svg%22 viewBox=%220 0 32 32%22%3E%3Crect width=%2232%22 height=%2232%22 rx=%228%22 fill=%22%234f6bd8%22/%3E%3Cpath d=%22M7 11l9 7 9-7M7 10h18v12H7z%22 fill=%22none%22 stroke=%22white%22 stroke-width=%222%22 stroke-linejoin=%22round%22/%3E%3C/svg%3E";

/** The whole document around a page's content; everything interpolated is escaped. */
export function page(title: string, kind: "list" | "letter", content: Markup): Markup {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="${raw(icon)}">
<style>${raw(style)}</style>
</head>
<body class="${kind}">
<a class="skip" href="#content">Skip to content</a>
${content}
<script type="module">${raw(refreshScript)}</script>
</body>
</html>`;
}

/** A moment as a machine-readable time; the script shows it in the reader's time zone. */
export function timeMarkup(at: number, form: "short" | "time" | "full"): Markup {
  const iso = new Date(at).toISOString();
  const utc = form === "time" ? `${iso.slice(11, 19)} UTC` : `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;
  return html`<time datetime="${iso}" data-style="${form}">${utc}</time>`;
}

/** A query string from what is set; '' when nothing is. */
export function queryOf(values: Readonly<Record<string, string | undefined>>): string {
  const set = Object.entries(values).filter((entry): entry is [string, string] => Boolean(entry[1]));
  return set.length ? `?${new URLSearchParams(set).toString()}` : "";
}
