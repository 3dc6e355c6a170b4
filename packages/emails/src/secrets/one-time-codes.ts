import type { Finding } from "./finding.ts";

/** Codes by what is said about them: six digits alone are nothing. */

const DIGITS = "(?:[A-Z]{1,2}-)?\\d{3}[ -]\\d{3}|(?:[A-Z]{1,2}-)?\\d{4,8}";
const MIXED = "(?=[A-Za-z0-9-]{0,8}\\d)(?=[A-Za-z0-9-]{0,8}[A-Za-z])[A-Za-z0-9]{2,4}-?[A-Za-z0-9]{2,5}";
const CODE = `(${DIGITS}|${MIXED})(?![\\p{L}\\d%€$]|[.,:/-]\\d)`;

const ENGLISH =
  "(?:verification|security|log-?in|sign-?in|one-?time|2fa|mfa|two-factor|auth(?:entication|orization)?|confirm(?:ation)?|access|activation|reset|recovery|backup|door|gate|entry|key ?box|alarm|wi-?fi|your(?: [\\p{L}-]{1,20}){0,3}|sms|text|telegram|whatsapp|the|my)[ -](?:pass)?code|passcode|one-?time (?:pin|password)|otp|pin(?: ?code)?|code(?= ?:| (?:is|ist|lautet) )";
const GERMAN =
  "(?:bestätigungs|sicherheits|anmelde|verifizierungs|verifikations|einmal|zugangs|aktivierungs|freischalt|tür|tor|sms|login|whatsapp|wlan)-?(?:code|passwort|kennwort|pin)|(?:dein|ihr|der)(?: [\\p{L}-]{1,20}){0,2}[ -]code|m?tan";
const ARABIC = "(?:رمز|كود)(?: (?:التحقق|التأكيد|الدخول|الأمان|التفعيل|المرور|السري|الباب))?(?: الخاص بك)?";
const NAMES = `(?<!\\p{L})(?:${ENGLISH}|${GERMAN}|${ARABIC})(?!\\p{L})`;

/** "code is", "code: ", "code for login is", "code I got by text is". */
const LINK_WORDS = "(?: (?:for|to|i got|für|zum|لـ?)(?: [\\p{L}-]{1,15}){0,4})?(?: ?[:=#-] ?| (?:is|ist|lautet|هو|هي):? ?| )[\"'(]?";

const NAMED = new RegExp(`${NAMES}${LINK_WORDS}${CODE}`, "giu");
const EXPLAINED = new RegExp(
  `(?<![\\p{L}\\d.,:/-])${CODE} (?:(?:is|ist|هو) (?:your|the|dein|ihr|der|رمز|كود)|as (?:your|the)|to (?:verify|confirm|log ?in|sign ?in))[^\\n\\d]{0,40}`,
  "giu",
);
const ABOUT_A_CODE = /code|otp|pin|password|verify|confirm|log ?in|sign ?in|رمز|كود/iu;
const CARD_CHECK = /(?<!\p{L})(?:cvc|cvv|csc|prüfziffer)2?[ :=#-]{1,3}(?:is |ist )?(\d{3,4})(?!\d)/giu;
/** These codes are no secrets. */
const PUBLIC_CODE = /(?:error|exit|status|return|zip|postal|post|area|country|dial|promo|discount|voucher|source|response|http|fehler|vorwahl|line|lines) $/i;
const MAY_NAME_ONE = /code|otp|pin|tan|passwor|cvc|cvv|csc|prüfziffer|verify|confirm|log ?in|sign ?in|رمز|كود/iu;

/** One-time codes, PINs, door codes and card check codes. */
export function findOneTimeCodes(text: string): Finding[] {
  if (!MAY_NAME_ONE.test(text) || !/\d/.test(text)) return [];
  const findings: Finding[] = [];
  const add = (start: number, code: string) => findings.push({ start, end: start + code.length, kind: "code" });
  for (const { index, 0: whole, 1: code = "" } of text.matchAll(NAMED)) {
    if (!PUBLIC_CODE.test(text.slice(Math.max(0, index - 12), index))) add(index + whole.length - code.length, code);
  }
  for (const { index, 0: whole, 1: code = "" } of text.matchAll(EXPLAINED)) {
    if (ABOUT_A_CODE.test(whole)) add(index, code);
  }
  for (const { index, 0: whole, 1: code = "" } of text.matchAll(CARD_CHECK)) add(index + whole.length - code.length, code);
  return findings;
}
