import { findEmailAddresses } from "./email-addresses.ts";
import { findKnownKeys } from "./known-keys.ts";
import type { Finding } from "./finding.ts";

const LINK = /(?<![A-Za-z0-9+.-])[a-z][a-z0-9+.-]{0,30}:\/\/[^\s<>"`]+/gi;
const AFTER_LINK = /[)\]}.,;:!?*'|]+$/;

/** Parameters that let in whoever holds them, whatever their value. */
const SECRET_PARAMETER =
  /[?&#;](?:[\w.-]{0,20}[_-])?(?:token|secret|password|passwd|passphrase|pwd|api_?key|sig|signature|otp|jwt|credential|session_?id|sessid|access_?key|auth|ticket|magic)=[^&#\s]{4,}/i;
/** These carry secrets only if their value looks like one. */
const OPAQUE_PARAMETER = /[?&#;](?:code|key|auth|sid|session|invite|hash|t)=(?=[\w%-]{0,60}\d)(?=[\w%-]{0,60}[A-Za-z])[\w%.~+/-]{20,}/i;
const WEBHOOK =
  /^https?:\/\/(?:hooks\.slack\.com\/|(?:\w+\.)?discord(?:app)?\.com\/api\/webhooks\/|[\w.-]+\.webhook\.office\.com\/|hooks\.zapier\.com\/|chat\.googleapis\.com\/v1\/spaces\/)/i;
const PHONE_LINK = /^https?:\/\/(?:wa\.me|api\.whatsapp\.com|t\.me|signal\.me)\/[^\s]{0,40}?(?:\+|%2B|phone=|wa\.me\/)?\d{8,}/i;

/** All links of a text, apart by whether they carry a secret: those that do not stay as they are. */
export function findLinks(text: string): { secret: Finding[]; harmless: Finding[] } {
  const secret: Finding[] = [];
  const harmless: Finding[] = [];
  if (!text.includes("://")) return { secret, harmless };
  for (const { index, 0: whole } of text.matchAll(LINK)) {
    const link = whole.replace(AFTER_LINK, "");
    (isSecret(link) ? secret : harmless).push({ start: index, end: index + link.length, kind: "link" });
  }
  return { secret, harmless };
}

function isSecret(link: string): boolean {
  return (
    hasUser(link) ||
    SECRET_PARAMETER.test(link) ||
    OPAQUE_PARAMETER.test(link) ||
    WEBHOOK.test(link) ||
    PHONE_LINK.test(link) ||
    findKnownKeys(link).length > 0 ||
    findEmailAddresses(link.replaceAll(/%40/gi, "@")).length > 0
  );
}

/** A user name or a password before the host. In web addresses an @ further on is part of the path (`/@gargron`). */
function hasUser(link: string): boolean {
  const [scheme = "", rest = ""] = link.split("://", 2);
  const authority = /^(?:https?|ftp|ssh|git|wss?)$/i.test(scheme) ? rest.split(/[/?#]/, 1)[0]! : rest;
  const end = authority.lastIndexOf("@");
  return end >= 0 && !/^(?:git|hg|svn)$/.test(authority.slice(0, end));
}
