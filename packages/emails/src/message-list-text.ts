import { isolate } from "./isolate.ts";
import type { DayView } from "./letter-view.ts";
import { wrapText } from "./wrap-text.ts";

const INDENT = "    ";

/**
 * The text version of a message list. Message text is indented, so that nobody's message can pass for
 * a part of the letter; its lines are isolated, because they may be in a script of another direction.
 */
export function messageListText(days: DayView[], texts: string[], direction: "ltr" | "rtl"): string {
  let at = 0;
  const blocks = days.flatMap(({ label, messages }) => [
    wrapText(label),
    ...messages.map(({ author, time, mention, edited }) => {
      const details = [time, mention, edited].filter((detail) => detail !== null).join(direction === "rtl" ? "، " : ", ");
      const body = texts[at]!;
      at += 1;
      return `${wrapText(`${isolate(author, direction)} (${details})`)}\n${messageLines(body, direction)}`;
    }),
  ]);
  return blocks.join("\n\n");
}

function messageLines(body: string, direction: "ltr" | "rtl"): string {
  const wrapped = wrapText(body, INDENT);
  if (isolate(body, direction) === body) return wrapped;
  return wrapped
    .split("\n")
    .map((line) => (line.startsWith(INDENT) ? INDENT + isolate(line.slice(INDENT.length), direction) : line))
    .join("\n");
}
