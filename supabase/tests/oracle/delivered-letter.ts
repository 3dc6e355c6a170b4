import type { AcceptedEmail } from "../../../packages/resend-simulator/src/ledger.ts";
import type { History } from "./history.ts";

/** A letter that the provider really accepted, as its reader sees it. */
export interface DeliveredLetter {
  emailId: string;
  address: string;
  parts: { event: number; shown: { message: number; version: number }[]; hidden: number }[];
}

/** Every message's text holds this word, so that letters say themselves what they tell. */
export function messageWord(message: number, version: number): string {
  return `m${message}v${version}`;
}

/** Reads a letter's text; throws when its HTML shows other messages than its text. */
export function readLetter({ wire }: AcceptedEmail, { events, messages }: History): DeliveredLetter {
  const text = wire.text ?? "";
  const [address] = [wire.to].flat();
  // Each event's news ends with the button to its chat.
  const sections = text.split(/^Open the chat:\n\S+\/events\//m);
  const parts = sections.slice(0, -1).map((news, index) => {
    const [id] = sections[index + 1]!.split("\n");
    return {
      event: events.findIndex((event) => event.id === id),
      shown: [...news.matchAll(/\bm(\d+)v(\d+)\b/g)].map(([, message, version]) => ({ message: Number(message), version: Number(version) })),
      hidden: Number(/^and (\d+) more messages?$/m.exec(news)?.[1] ?? 0),
    };
  });
  const inText = [...new Set(parts.flatMap(({ shown }) => shown.map(({ message }) => messages[message]!.id)))].sort();
  const inHtml = [...new Set([...(wire.html ?? "").matchAll(/#message-(\d+)/g)].map(([, id]) => Number(id)))].sort();
  if (String(inText) !== String(inHtml)) throw new Error(`HTML shows ${inHtml}, text ${inText}.`);
  return { emailId: wire.tags?.find(({ name }) => name === "email_id")?.value ?? "", address: address ?? "", parts };
}
