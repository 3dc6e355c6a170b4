import { useEffect, useRef } from "react";
import classes from "./operator.module.css";

/**
 * A letter as its reader sees it, cut off from the app: the frame runs no scripts, sends no forms and leads nowhere.
 * Styles are set from here, one by one, because the Content-Security-Policy, which the frame inherits, allows no
 * inline styles.
 */
export function LetterFrame({ html, title, phone }: { html: string; title: string; phone: boolean }) {
  const frame = useRef<HTMLIFrameElement>(null);
  useEffect(() => {
    if (frame.current?.contentDocument) fillFrame(frame.current.contentDocument, html);
  }, [html]);
  return (
    <iframe
      ref={frame}
      className={classes.frame}
      data-phone={phone || undefined}
      title={title}
      sandbox="allow-same-origin"
      onLoad={(event) => event.currentTarget.contentDocument && fillFrame(event.currentTarget.contentDocument, html)}
    />
  );
}

function fillFrame(page: Document, html: string): void {
  const sheets: string[] = [];
  // Taken out before parsing: the parser would report each of them as refused.
  const bare = html
    .replace(/<style[^>]*>([\s\S]*?)<\/style>/gi, (_, text: string) => {
      sheets.push(text);
      return "";
    })
    .replace(/(<[a-z][^<>]*?) style="/gi, '$1 data-style="');
  const letter = new DOMParser().parseFromString(bare, "text/html");
  for (const element of letter.querySelectorAll("script, link, meta, base, iframe, object, embed, form")) element.remove();
  for (const link of letter.querySelectorAll("a")) link.removeAttribute("href");
  page.documentElement.lang = letter.documentElement.lang;
  page.documentElement.dir = letter.documentElement.dir;
  page.body.replaceWith(page.adoptNode(letter.body));
  for (const element of page.querySelectorAll<HTMLElement>("[data-style]")) element.style.cssText = element.dataset.style ?? "";
  const Sheet = (page.defaultView as (Window & typeof globalThis) | null)?.CSSStyleSheet;
  if (!Sheet) return;
  page.adoptedStyleSheets = sheets.map((text) => {
    const sheet = new Sheet();
    sheet.replaceSync(text);
    return sheet;
  });
}
