import type { AcceptedEmail } from "../../../packages/resend-simulator/src/ledger.ts";
import type { History } from "./history.ts";

/** A letter that the provider really accepted, as its reader sees it. */
export interface DeliveredLetter {
  emailId: string;
  address: string;
  parts: { event: number; shown: ShownMessage[]; hidden: number }[];
}

export interface ShownMessage {
  message: number;
  /** Of its text; null: shown without any. */
  version: number | null;
}

/** Every message's text holds this word, so that letters say themselves what they tell. */
export function messageWord(message: number, version: number): string {
  return `m${message}v${version}`;
}

/** Reads a letter's text, and of its HTML which messages it links to; throws when the text shows others. */
export function readLetter({ wire }: AcceptedEmail, { events, messages }: History): DeliveredLetter {
  // Each event's news ends with the button to its chat.
  const sections = (wire.text ?? "").split(/^Open the chat:\n\S+\/events\//m);
  const linked = [...new Set([...(wire.html ?? "").matchAll(/#message-(\d+)/g)].map(([, id]) => Number(id)))]
    .map((id) => messages.find((message) => message.id === id)!);
  const parts = sections.slice(0, -1).map((news, index) => {
    const [id] = sections[index + 1]!.split("\n");
    const event = events.findIndex((each) => each.id === id);
    const words = [...news.matchAll(/\bm(\d+)v(\d+)\b/g)].map(([, message, version]) => ({ message: Number(message), version: Number(version) }));
    const wordless = linked.filter(({ event: its, number }) => its === event && !words.some(({ message }) => message === number))
      .map(({ number }) => ({ message: number, version: null }));
    return { event, shown: [...words, ...wordless], hidden: Number(/^and (\d+) more messages?$/m.exec(news)?.[1] ?? 0) };
  });
  const shown = new Set(parts.flatMap((part) => part.shown.map(({ message }) => message)));
  if (shown.size !== linked.length) throw new Error(`HTML shows ${linked.map(({ number }) => number)}, text ${[...shown]}.`);
  const [address] = [wire.to].flat();
  return { emailId: wire.tags?.find(({ name }) => name === "email_id")?.value ?? "", address: address ?? "", parts };
}
