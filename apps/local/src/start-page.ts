import { html } from "hono/html";
import { DEMO_PASSWORD, DEMO_PEOPLE } from "./demo-people.ts";

export interface StartPageFacts {
  origin: string;
  publishableKey: string;
  /** null: mail leaves through Resend. */
  mailboxUrl: string | null;
  /** null: no demo in this database. */
  demoEvents: readonly { id: string; title: string }[] | null;
}

const STYLE = `
  :root { color-scheme: light dark; --line: color-mix(in srgb, currentColor 18%, transparent); --quiet: color-mix(in srgb, currentColor 68%, transparent); --accent: light-dark(#1d4ed8, #93b4ff); }
  body { margin: 0 auto; max-width: 44rem; padding: 2.5rem 1.25rem 4rem; font: 1rem/1.55 system-ui, sans-serif; background: light-dark(#fff, #14161a); color: light-dark(#1b1f24, #e7e9ec); }
  h1 { font-size: 1.6rem; line-height: 1.2; margin: 0 0 .4rem; text-wrap: balance; }
  h2 { font-size: 1.05rem; margin: 2.2rem 0 .6rem; }
  p { margin: .4rem 0; } .quiet { color: var(--quiet); }
  a { color: var(--accent); text-underline-offset: .15em; }
  .button { display: inline-block; margin-top: 1rem; padding: .6rem 1.1rem; border-radius: .5rem; background: light-dark(#1d4ed8, #2f5fe0); color: #fff; text-decoration: none; font-weight: 600; }
  .button:hover { filter: brightness(1.1); } :focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
  ul { list-style: none; margin: 0; padding: 0; border-top: 1px solid var(--line); }
  li { display: flex; flex-wrap: wrap; gap: .1rem 1rem; justify-content: space-between; padding: .5rem 0; border-bottom: 1px solid var(--line); }
  code, pre { font: .875rem/1.5 ui-monospace, monospace; } code { overflow-wrap: anywhere; }
  pre { overflow-x: auto; margin: 0; padding: .9rem 1rem; border-radius: .5rem; background: light-dark(#f3f5f7, #1f232a); }`;

/** Where to look, for who wants to build on it. A whole HTML document without scripts. */
export function renderStartPage(facts: StartPageFacts): string {
  const page = html`<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>Chat Notifications</title>
  <style>${STYLE}</style>
</head>
<body>
<main>
  <h1>Chat Notifications is running</h1>
  <p class="quiet">Write in an event's chat, and everybody else in it gets one letter when the window closes; mentions come sooner.</p>
  <a class="button" href="/">Open the app</a>
  ${
    facts.mailboxUrl === null
      ? html`<p>E-mails leave through Resend, for real.</p>`
      : html`<a class="button" href="${facts.mailboxUrl}">Open the mailbox</a>`
  }
  ${facts.demoEvents === null ? "" : renderDemo(facts.demoEvents)}
  <h2>Write a message</h2>
  <pre><code>${renderProgram(facts)}</code></pre>
  <h2>API</h2>
  <ul>
    <li><span>Data and sign-in (supabase-js)</span><code>${facts.origin}</code></li>
    <li><span>Publishable key</span><code>${facts.publishableKey}</code></li>
    <li><span>Edge functions</span><code>${facts.origin}/functions/v1</code></li>
  </ul>
</main>
</body>
</html>
`;
  return String(page);
}

function renderDemo(events: readonly { id: string; title: string }[]) {
  return html`<h2>Demo people</h2>
  <p class="quiet">Password of all of them: <code>${DEMO_PASSWORD}</code></p>
  <ul>${DEMO_PEOPLE.map(({ email, part }) => html`<li><code>${email}</code><span class="quiet">${part}</span></li>`)}</ul>
  <h2>Events</h2>
  <ul>${events.map(({ id, title }) => html`<li><span>${title}</span><code>${id}</code></li>`)}</ul>`;
}

function renderProgram({ origin, publishableKey, demoEvents }: StartPageFacts): string {
  return `const supabase = createClient("${origin}", "${publishableKey}");
const { data: { user } } = await supabase.auth.signInWithPassword({
  email: "organizer@demo.test", password: "${DEMO_PASSWORD}",
});
await supabase.from("chat_messages").insert({
  event_id: "${demoEvents?.[0]?.id ?? "…"}",
  user_id: user.id, body: "Doors open at seven.",
});`;
}
