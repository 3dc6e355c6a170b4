// Nothing in a letter may run, load or post. Links may open: in a new tab, which is an ordinary page again.
const policy = [
  "sandbox allow-popups allow-popups-to-escape-sandbox",
  "default-src 'none'",
  "img-src data:",
  "font-src data:",
  "style-src 'unsafe-inline'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self'",
].join("; ");

const newTab = '<base target="_blank">';

/** A letter's HTML as a document of its own, locked in whether framed or opened by itself. */
export function letterDocument(html: string): Response {
  return new Response(withNewTab(html), {
    headers: {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": policy,
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      "cross-origin-resource-policy": "same-origin",
      "cache-control": "no-store",
    },
  });
}

// A letter that hides its head only loses the convenience: the policy is in the header.
function withNewTab(html: string): string {
  const head = /<head(?:\s[^>]*)?>/i.exec(html) ?? /^\s*<!doctype[^>]*>/i.exec(html);
  const at = head ? head.index + head[0].length : 0;
  return html.slice(0, at) + newTab + html.slice(at);
}
