import { expect, test } from "vitest";
import type { Message } from "./message.ts";
import { arrangeRows } from "./rows.ts";

const at = (text: string, id: number, user_id: string, rest: Partial<Message> = {}): Message => ({
  id, event_id: "event", user_id, body: `${id}`, created_at: new Date(text), edited_at: null, deleted_at: null, client_key: null, ...rest,
});

const messages = [
  at("2026-11-20T10:00:00", 1, "ann"),
  at("2026-11-20T10:01:00", 2, "ann"),
  at("2026-11-20T10:02:00", 3, "me", { client_key: "k3" }),
  at("2026-11-21T09:00:00", 4, "ann"),
  at("2026-11-21T09:30:00", 5, "ann"),
];

test("days are separated, the unread begins at a line, and a name is not repeated in one breath", () => {
  const rows = arrangeRows(messages, [], 3, "me");
  expect(rows.map((row) => (row.kind === "message" ? `${row.message.id}${row.opens ? " opens" : ""}` : row.kind))).toEqual([
    "day", "1 opens", "2", "3 opens", "day", "new", "4 opens", "5 opens",
  ]);
});

test("one's own messages do not begin the unread, and nothing is unread where nothing was read yet", () => {
  expect(arrangeRows(messages, [], 2, "me").findIndex((row) => row.kind === "new")).toBe(5);
  expect(arrangeRows(messages, [], null, "me").some((row) => row.kind === "new")).toBe(false);
});

test("a message that has arrived is not shown on its way, too, and keeps its place's key", () => {
  const outgoing = [
    { key: "k3", body: "3", writtenAt: 0, state: "sending" as const },
    { key: "k6", body: "6", writtenAt: 0, state: "sending" as const },
  ];
  const rows = arrangeRows(messages, outgoing, 5, "me");
  expect(rows.filter(({ key }) => key === "k3")).toHaveLength(1);
  expect(rows.at(-1)).toMatchObject({ kind: "outgoing", key: "k6", opens: true });
});
