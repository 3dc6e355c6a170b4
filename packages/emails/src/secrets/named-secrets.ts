import type { Finding } from "./finding.ts";

/** Secrets that only their name gives away: `api_key=…`, `Authorization: Bearer …`, `password: …`. */

const ASSIGNED = `["'\`]?(?: {0,3}(?::=|=>|=|:) {0,3}| (?:is|ist|lautet|هي|هو):? )["'\`]?`;
const VALUE = `([^\\s"'\`,;<>]{6,})`;

const NAMED_KEY = new RegExp(
  `(?:(?:api|access|auth|account|app|secret|private|signing|encryption|master|service[_-]?role|webhook|client)[ _-]?key|secret(?:[ _-]?access[ _-]?key)?|token|credentials?|geheimnis|schlüssel)[\\w.-]{0,20}${ASSIGNED}${VALUE}`,
  "giu",
);
const NAMED_PASSWORD = new RegExp(
  `(?:pass(?:word|wort|wd|phrase)|passwort|kennwort|pwd|كلمة (?:المرور|السر))${ASSIGNED}${VALUE}`,
  "giu",
);
const AUTHORIZATION = /\b(?:Bearer|Basic) +([A-Za-z0-9._~+/=-]{12,})/g;
const MAY_NAME_ONE = /key|secret|token|credential|pass|pwd|kennwort|geheimnis|schlüssel|كلمة|Bearer|Basic/iu;

/** Whatever a setting is called, nobody types forty random characters by hand (`CLOUDFLARE = "…"`). */
const SETTING = /([\w.-]{2,40})["'`]? {0,3}(?:=>|:=|=|:) {0,3}["'`]?([A-Za-z0-9+/]{20,200}={0,2})(?![\w.+/-])/g;
/** These are known to all: checksums, versions, ids. */
const PUBLIC_SETTING = /sha\d|md5|hash|checksum|digest|commit|integrity|fingerprint|uuid|version|(?:^|[._-])(?:sha|rev|ref|tag|etag|branch|file|path|image|public|pub|id)(?:[._-]|$)/i;
const MAY_BE_SETTING = /[=:] {0,3}["'`]?[A-Za-z0-9+/]{20}/;

/** Keys, tokens and passwords that are called so. Only the value is a finding, its name stays readable. */
export function findNamedSecrets(text: string): Finding[] {
  const settings = MAY_BE_SETTING.test(text) ? findSettings(text) : [];
  if (!MAY_NAME_ONE.test(text)) return settings;
  return [...settings, ...find(text, NAMED_KEY, looksRandom), ...find(text, NAMED_PASSWORD, looksChosen), ...find(text, AUTHORIZATION, () => true)];
}

function find(text: string, pattern: RegExp, accept: (value: string) => boolean): Finding[] {
  return [...text.matchAll(pattern)].flatMap(({ index, 0: whole, 1: value = "" }) => {
    const end = index + whole.length;
    const trimmed = value.replace(/[)\]}.]+$/, "");
    if (!accept(trimmed)) return [];
    return [{ start: end - value.length, end: end - value.length + trimmed.length, kind: "key" as const }];
  });
}

function findSettings(text: string): Finding[] {
  return [...text.matchAll(SETTING)].flatMap(({ index, 0: whole, 1: name = "", 2: value = "" }) => {
    if (PUBLIC_SETTING.test(name) || !looksRandom(value)) return [];
    const start = index + whole.length - value.length;
    return [{ start, end: start + value.length, kind: "key" as const }];
  });
}

/** Letters and digits, long, and not the same few again and again: what a generator writes and a person does not. */
function looksRandom(value: string): boolean {
  return value.length >= 12 && /\d/.test(value) && /[A-Za-z]/.test(value) && entropy(value.slice(0, 200)) >= 3;
}

/** A word of a sentence ("password: tomorrow") has neither digit nor sign. */
function looksChosen(value: string): boolean {
  return /\p{L}/u.test(value) && /[\d!#$%&*+=?@^_~]/.test(value) && !value.includes("://");
}

/** Bits a character, after Shannon: English is at 2.5 to 3 for strings this short, base64 above 4. */
function entropy(value: string): number {
  const counts = new Map<string, number>();
  for (const character of value) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / value.length) * Math.log2(count / value.length);
  return bits;
}
