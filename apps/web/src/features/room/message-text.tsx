import { Fragment } from "react";
import classes from "./message.module.css";

/** Addresses with http or https, up to a blank or what ends a sentence; everything else stays text. */
const PARTS = /(https?:\/\/[^\s<>"'`]+[^\s<>"'`.,;:!?)\]}])|(^|[^A-Za-z0-9_@.])(@[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,30}[A-Za-z0-9_])?)/g;

/** What somebody wrote: text, with its links and mentions marked. Nothing in it is ever markup. */
export function MessageText({ body, myHandle }: { body: string; myHandle: string }) {
  return (
    <bdi className={classes.text}>
      {splitText(body).map((part, i) =>
        part.kind === "link" ? (
          <a key={i} href={part.text} target="_blank" rel="noopener noreferrer nofollow">
            {part.text}
          </a>
        ) : part.kind === "mention" ? (
          <span key={i} className={classes.mention} data-me={["everyone", myHandle].includes(part.text.slice(1).toLowerCase()) || undefined}>
            {part.text}
          </span>
        ) : (
          <Fragment key={i}>{part.text}</Fragment>
        ),
      )}
    </bdi>
  );
}

interface Part {
  kind: "text" | "link" | "mention";
  text: string;
}

export function splitText(body: string): Part[] {
  const parts: Part[] = [];
  let at = 0;
  const push = (kind: Part["kind"], text: string) => text !== "" && parts.push({ kind, text });
  for (const match of body.matchAll(PARTS)) {
    const [, link, lead = "", mention] = match;
    if (link !== undefined && !URL.canParse(link)) continue;
    push("text", body.slice(at, match.index) + (mention === undefined ? "" : lead));
    push(mention === undefined ? "link" : "mention", (link ?? mention)!);
    at = match.index + match[0].length;
  }
  push("text", body.slice(at));
  return parts;
}
