import { LinkifyIt } from "linkify-it";
import { escapeHtml, type SafeHtml } from "./escape-html.ts";

/**
 * The only door for text that people wrote: message bodies, names, titles. What comes out holds no
 * control characters, no bidirectional embeddings, overrides or isolates, no lone surrogates, is
 * bounded in length, and nothing in it is clickable except http and https addresses.
 */

export interface TextLimit {
  /** User-perceived characters. */
  graphemes: number;
  lines: number;
}

const NEWLINES = /\r\n?|[\u0085\u2028\u2029]/g;
const REMOVED = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u206f\ufff9-\ufffb\ufffe\uffff]/g;
const LONE_SURROGATE = /\p{Surrogate}/gu;
const EMPTY_LINES = /\n(?:[ \t]*\n){2,}/g;

/** Text of several lines with `\n` between them; tabs stay, at most one empty line in a row. */
export function cleanText(raw: string): string {
  return raw
    .replace(NEWLINES, "\n")
    .replace(REMOVED, "")
    .replace(LONE_SURROGATE, "\ufffd")
    .replace(EMPTY_LINES, "\n\n")
    .replace(/^\s*\n/, "")
    .trimEnd();
}

/** Code units looked at for each character shown: bounds the work that a hostile text can make. */
const UNITS_READ = 12;

const VISIBLE = /[\p{L}\p{N}\p{P}\p{S}]/u;

/** Whether anything is left to see once the text is clean. */
export function showsNothing(raw: string): boolean {
  return !VISIBLE.test(raw.replace(REMOVED, ""));
}

/** Most names and addresses; nothing in them needs a change. */
const PLAIN_LINE = /^[\x21-\x7e]+(?: [\x21-\x7e]+)*$/;

/** One line without surrounding white space, at most `graphemes` long, fit for subjects and headers. */
export function cleanLine(raw: string, graphemes: number): string {
  if (raw.length <= graphemes && PLAIN_LINE.test(raw)) return raw;
  const start = raw.slice(0, graphemes * UNITS_READ);
  const line = cleanText(start).replace(/\s+/g, " ").trim();
  const end = clipEnd(line, { graphemes, lines: 1 });
  return end === line.length && start.length === raw.length ? line : `${line.slice(0, end)}…`;
}

const segmenter = new Intl.Segmenter("und", { granularity: "grapheme" });

/** Where to cut clean text. */
function clipEnd(text: string, limit: TextLimit): number {
  let end = text.length;
  let newline = -1;
  for (let lines = 0; lines < limit.lines; lines += 1) {
    newline = text.indexOf("\n", newline + 1);
    if (newline < 0) break;
  }
  if (newline >= 0) end = newline;
  if (end > limit.graphemes) end = graphemeEnd(text.slice(0, end), limit.graphemes);
  return end === text.length ? end : text.slice(0, end).trimEnd().length;
}

/** Up to U+02FF each code unit of clean text is a character of its own; asking the segmenter costs 1 µs a character. */
const SIMPLE = /^[\u0000-\u02ff]*$/;

/** One character may be a thousand code units long (stacked accents), so those are limited too. */
function graphemeEnd(text: string, graphemes: number): number {
  if (SIMPLE.test(text.slice(0, graphemes + 1))) return Math.min(graphemes, text.length);
  const units = Math.min(text.length, graphemes * 3);
  let count = 0;
  let end = 0;
  for (const { index, segment } of segmenter.segment(text.slice(0, units + 1))) {
    if (count === graphemes || index + segment.length > units) break;
    count += 1;
    end = index + segment.length;
  }
  return end;
}

const linkify = new LinkifyIt({ fuzzyLink: false, fuzzyEmail: false, maxLength: 2000 })
  .add("ftp:", null)
  .add("mailto:", null)
  .add("//", null);
const LONGEST_LINK = 2000;

interface Span {
  text: string;
  /** Absolute http(s) address, or null for plain text. */
  href: string | null;
}

interface Clipped {
  spans: Span[];
  clipped: boolean;
}

/** Clean text cut to the limit, as runs of plain text and links. A link that is cut still leads to its whole address. */
function clippedSpans(raw: string, limit: TextLimit): Clipped {
  const start = raw.slice(0, limit.graphemes * UNITS_READ + LONGEST_LINK);
  const text = cleanText(start);
  const end = clipEnd(text, limit);
  const searched = text.slice(0, end + LONGEST_LINK);
  const spans: Span[] = [];
  let at = 0;
  for (const match of searched.includes("://") ? (linkify.match(searched) ?? []) : []) {
    // `https://trusted.example@elsewhere.example` is matched up to the @, and would look like a link to both.
    const href = match.index < end && text[match.lastIndex] !== "@" ? webAddress(match.raw) : null;
    if (href === null) continue;
    if (match.index > at) spans.push({ text: inert(text.slice(at, match.index)), href: null });
    at = Math.min(match.lastIndex, end);
    spans.push({ text: text.slice(match.index, at), href });
  }
  if (at < end) spans.push({ text: inert(text.slice(at, end)), href: null });
  return { spans, clipped: end < text.length || start.length < raw.length };
}

/** The address a link may lead to; null for other schemes and for addresses with a user name in front of the host. */
function webAddress(text: string): string | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || (url.protocol !== "http:" && url.protocol !== "https:")) return null;
  return url.username === "" && url.password === "" ? url.href : null;
}

const CLICKABLE_SCHEME =
  /(?<![a-z0-9+.-])(?:javascript|vbscript|livescript|data|file|blob|about|view-source|jar|mailto|tel|sms|callto|facetime|intent|search-ms|ms-[a-z-]+|[a-z][a-z0-9+.-]*(?=:\/\/)):/gi;

/** Mail clients link what looks like an address by themselves; an invisible word joiner after the scheme stops them. */
export function inert(text: string): string {
  return text.includes(":") ? text.replace(CLICKABLE_SCHEME, "$&\u2060") : text;
}

/** A message in both versions. */
export interface MessageContent {
  /** Escaped, web addresses linked, line breaks and indentation kept. */
  html: SafeHtml;
  /** Lines not yet wrapped. */
  text: string;
}

/** Renders a message; `linkAttributes` is added to its links as it stands. */
export function messageContent(raw: string, limit: TextLimit, linkAttributes = ""): MessageContent {
  const { spans, clipped } = clippedSpans(raw, limit);
  let html = "";
  let content = "";
  for (const { text, href } of spans) {
    const shown = keepSpaces(escapeHtml(text));
    html +=
      href === null
        ? shown
        : `<a href="${escapeHtml(href)}" target="_blank" rel="noopener noreferrer nofollow ugc"${linkAttributes}>${shown}</a>`;
    content += text;
  }
  if (!clipped) return { html: html as SafeHtml, text: content };
  return { html: `${html}&#8230;` as SafeHtml, text: `${content}…` };
}

function keepSpaces(html: SafeHtml): string {
  return html
    .replaceAll("\t", "    ")
    .replace(/ {2,}/g, (spaces) => `${"&nbsp;".repeat(spaces.length - 1)} `)
    .replaceAll("\n", "<br>");
}
