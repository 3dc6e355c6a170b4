const local = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/;
const domain = /^(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])$/;

// A bare comma or semicolon in a name would read as two addresses; quoted it is part of the name.
const displayName = /^(?:"(?:[^"\\]|\\.)*"|[^"<>,;]*)$/u;

/**
 * Splits `Name <a@b.c>` or `a@b.c`; null when Resend would not take it.
 * `address` is the bare address as written, `name` the display name without its quotes ('' when absent).
 */
export function parseAddress(value: string): { name: string; address: string } | null {
  // Before trimming, which would drop a line break at either end.
  if (/\p{Cc}/u.test(value)) return null;
  const text = value.trim();
  if (!text.endsWith(">")) return isAddress(text) ? { name: "", address: text } : null;
  const open = text.lastIndexOf("<");
  const name = text.slice(0, Math.max(open, 0)).trim();
  const address = text.slice(open + 1, -1);
  if (open < 0 || !isAddress(address) || !displayName.test(name)) return null;
  return { name: name.startsWith('"') ? name.slice(1, -1).replaceAll(/\\(.)/gu, "$1") : name, address };
}

/** The bare address in lower case, for comparing; the text itself when it is no address. */
export function bareAddress(value: string): string {
  return (parseAddress(value)?.address ?? value).toLowerCase();
}

function isAddress(text: string): boolean {
  const at = text.lastIndexOf("@");
  if (at < 1 || at > 64 || text.length > 254) return false;
  return local.test(text.slice(0, at)) && domain.test(text.slice(at + 1));
}
