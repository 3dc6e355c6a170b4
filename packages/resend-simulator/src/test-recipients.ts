import { bounceSubTypes, type Bounce, type FateChoice } from "./fate.ts";

const RESEND_TEST_DOMAIN = "resend.dev";

/** Local parts with a fate of their own at resend.dev and at the test domain. */
const everywhere: Readonly<Record<string, FateChoice>> = {
  delivered: { name: "delivered" },
  bounced: { name: "bounced" },
  complained: { name: "complained" },
  suppressed: { name: "suppressed" },
};

const atTestDomainOnly: Readonly<Record<string, FateChoice>> = {
  delayed: { name: "delayed" },
  failed: { name: "failed" },
};

/**
 * The fate that an address in lower case stands for, such as `complained+7@resend.dev`; null for an ordinary address.
 * At the test domain a label of `bounced` may name the subtype (`bounced+mailboxfull@…`), or `transient`.
 */
export function testRecipientFate(address: string, testDomain: string): FateChoice | null {
  const at = address.lastIndexOf("@");
  const domain = address.slice(at + 1);
  if (domain !== RESEND_TEST_DOMAIN && domain !== testDomain) return null;
  const [name = "", label = ""] = address.slice(0, at).split("+", 2);
  const own = (fates: Readonly<Record<string, FateChoice>>) => (Object.hasOwn(fates, name) ? (fates[name] ?? null) : null);
  if (domain === RESEND_TEST_DOMAIN) return own(everywhere);
  const bounce = name === "bounced" ? bounceNamed(label) : null;
  return bounce ? { name: "bounced", bounce } : (own(everywhere) ?? own(atTestDomainOnly));
}

/** Cheap: false only where `testRecipientFate` of its bare address would be null. */
export function mayBeTestRecipient(text: string, testDomain: string): boolean {
  const lower = text.toLowerCase();
  return lower.includes(RESEND_TEST_DOMAIN) || lower.includes(testDomain);
}

/** Resend does not put its own test addresses on the suppression list: they can be used again and again. */
export function isResendTestAddress(address: string): boolean {
  return address.endsWith(`@${RESEND_TEST_DOMAIN}`);
}

function bounceNamed(label: string): Bounce | null {
  if (label === "transient") return { type: "Transient", subType: "General" };
  for (const type of ["Permanent", "Transient", "Undetermined"] as const) {
    const subType = bounceSubTypes[type].find((known) => known.toLowerCase() === label);
    if (subType) return { type, subType };
  }
  return null;
}
