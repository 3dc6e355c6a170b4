import type { DayView } from "./letter-view.ts";
import { wrapText } from "./wrap-text.ts";

/** The text version of a message list. Message text is indented, so that nobody's message can pass for a part of the letter. */
export function messageListText(days: DayView[], texts: string[]): string {
  let at = 0;
  const blocks = days.flatMap(({ label, messages }) => [
    wrapText(label),
    ...messages.map(({ author, time, mention, edited }) => {
      const details = [time, mention, edited].filter((detail) => detail !== null).join(", ");
      const body = texts[at]!;
      at += 1;
      return `${wrapText(`${author} (${details})`)}\n${wrapText(body, "    ")}`;
    }),
  ]);
  return blocks.join("\n\n");
}
