import { caniemail } from "caniemail";
import { expect, test } from "vitest";
import { renderSamples } from "./render-samples.ts";

/**
 * What a client of Gmail, Outlook or Apple Mail does not support at all (caniemail.com), and why the
 * letters hold it nevertheless. Partial support is not listed: the notes are about cases the letters
 * avoid. `gmail.mobile-webmail` is Gmail's page in a telephone's browser, which knows inline styles only.
 */
const UNSUPPORTED: Record<string, { clients: string[]; why: string }> = {
  "<style> element": { clients: ["gmail.mobile-webmail"], why: "dark colours and narrow screens only; inline styles make the whole light letter" },
  "@media": { clients: ["gmail.mobile-webmail", "outlook.windows", "outlook.windows-mail"], why: "as the style element" },
  "Class selector": { clients: ["gmail.mobile-webmail"], why: "as the style element" },
  "Type selector": { clients: ["gmail.mobile-webmail"], why: "as the style element" },
  ":hover": {
    clients: ["gmail.mobile-webmail", "gmail.ios", "outlook.ios", "outlook.windows", "outlook.windows-mail"],
    why: "underlines quiet links under a pointer; they stay links without",
  },
  "display:none": { clients: ["gmail.mobile-webmail"], why: "hides the preview line, as do max-height and overflow there" },
  "overflow": { clients: ["outlook.windows", "outlook.windows-mail"], why: "hides the preview line, as does mso-hide there" },
  "target attribute": { clients: ["gmail.android", "gmail.desktop-webmail", "gmail.ios", "gmail.mobile-webmail"], why: "Gmail opens links in a new tab by itself" },
  "overflow-wrap": {
    clients: ["gmail.android", "gmail.desktop-webmail", "gmail.ios", "outlook.android", "outlook.ios", "outlook.windows", "outlook.windows-mail"],
    why: "breaks very long words; word-break does it for those",
  },
  "word-break": { clients: ["outlook.windows-mail"], why: "very long words make the letter wider there" },
  "border-radius": { clients: ["outlook.windows", "outlook.windows-mail"], why: "corners are square there" },
  "white-space": { clients: ["outlook.windows", "outlook.windows-mail"], why: "keeps a time on one line; it may break there" },
  "role attribute": { clients: ["outlook.windows-mail"], why: "layout tables are read out as tables there" },
  "aria-hidden attribute": { clients: ["outlook.windows-mail"], why: "the preview line is hidden by other means" },
  "<body> element": { clients: ["outlook.macos"], why: "a letter has one; language and direction stand inside it once more" },
};

test("letters use what Gmail, Outlook and Apple Mail support, with the exceptions named here and no others", () => {
  const letters = renderSamples();
  const unsupported = new Map<string, Set<string>>();
  // Together they show every part of every template.
  for (const name of ["confidential", "conversation-none-de", "combined", "digest-ar"]) {
    const { issues } = caniemail({ clients: ["gmail.*", "outlook.*", "apple-mail.*"], html: letters[name]!.html });
    for (const [client, errors] of issues.errors) {
      for (const { title } of errors) unsupported.set(title, (unsupported.get(title) ?? new Set<string>()).add(client));
    }
  }
  const found = Object.fromEntries([...unsupported].map(([title, clients]) => [title, [...clients].sort()]));
  expect(found).toEqual(Object.fromEntries(Object.entries(UNSUPPORTED).map(([title, { clients }]) => [title, clients.sort()])));
});
