import { escapeHtml } from "../src/escape-html.ts";
import type { RenderedLetter } from "../src/letter-facts.ts";

/** The preview's page: a letter at two widths, its text version and headers. Reloads when the server says so. */
export function previewPage(letters: Record<string, RenderedLetter>, current: string, failure: string): string {
  const letter = letters[current];
  const tabs = Object.keys(letters)
    .map((name) => `<a href="/?letter=${name}"${name === current ? ' aria-current="page"' : ""}>${name}</a>`)
    .join("");
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="color-scheme" content="light dark">
<title>Letters</title>
<style>
body { font: 15px/1.5 system-ui, sans-serif; margin: 1.5rem; }
nav { display: flex; flex-wrap: wrap; gap: 0.25rem 1rem; margin-bottom: 1rem; }
nav a[aria-current] { font-weight: 600; text-decoration: none; color: inherit; }
main { display: flex; flex-wrap: wrap; gap: 1.5rem; align-items: flex-start; }
iframe { border: 1px solid #8886; height: 1100px; }
pre { white-space: pre-wrap; max-width: 76ch; }
</style>
<nav>${tabs}</nav>
${failure === "" ? "" : `<pre role="alert">${escapeHtml(failure)}</pre>`}
${letter === undefined ? "<p>No such letter.</p>" : letterParts(letter, current)}
<script>new EventSource("/changes").onmessage = () => location.reload();</script>
</html>`;
}

function letterParts({ subject, headers, text }: RenderedLetter, name: string): string {
  const lines = Object.entries(headers).map(([header, value]) => `${header}: ${value}`);
  return `<h1>${escapeHtml(subject)}</h1>
<main>
<iframe src="/html?letter=${name}" width="375" title="375 pixels wide"></iframe>
<iframe src="/html?letter=${name}" width="700" title="700 pixels wide"></iframe>
<div><pre>${escapeHtml(lines.join("\n"))}</pre><pre>${escapeHtml(text)}</pre></div>
</main>`;
}
