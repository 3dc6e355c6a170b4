import type { Message } from "./message.ts";
import type { Outgoing } from "./outbox.ts";

/** What the list shows, from top to bottom. */
export type Row =
  | { kind: "day"; key: string; at: Date }
  | { kind: "new"; key: string }
  | { kind: "message"; key: string; message: Message; opens: boolean }
  | { kind: "outgoing"; key: string; outgoing: Outgoing; opens: boolean };

const ONE_BREATH_MS = 5 * 60_000;

/**
 * Messages with a line per day and one where the unread begins. `opens`: shows who wrote it; what the same person adds
 * within five minutes does not say so again.
 */
export function arrangeRows(messages: readonly Message[], outgoing: readonly Outgoing[], readUpTo: number | null, myId: string): Row[] {
  const rows: Row[] = [];
  let before: Message | undefined;
  let lineDrawn = readUpTo === null;
  for (const message of messages) {
    const newDay = !before || !isSameDay(before.created_at, message.created_at);
    if (newDay) rows.push({ kind: "day", key: `day ${message.created_at.toDateString()}`, at: message.created_at });
    const lineHere = !lineDrawn && message.id > readUpTo! && message.user_id !== myId;
    if (lineHere) {
      rows.push({ kind: "new", key: "new" });
      lineDrawn = true;
    }
    const opens = newDay || lineHere || before?.user_id !== message.user_id || message.created_at.getTime() - before.created_at.getTime() > ONE_BREATH_MS || before.deleted_at !== null;
    rows.push({ kind: "message", key: message.client_key ?? String(message.id), message, opens });
    before = message;
  }
  const arrived = new Set(messages.map(({ client_key }) => client_key));
  let opens = before?.user_id !== myId;
  for (const one of outgoing) {
    if (arrived.has(one.key)) continue;
    rows.push({ kind: "outgoing", key: one.key, outgoing: one, opens });
    opens = false;
  }
  return rows;
}

function isSameDay(a: Date, b: Date): boolean {
  return a.toDateString() === b.toDateString();
}
