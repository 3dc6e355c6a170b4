import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { parseConversation } from "./parse-conversation.ts";

const data = (name: string) => readFile(fileURLToPath(new URL(`../../../../scenarios/data/irc/${name}`, import.meta.url)), "utf8");

it("reads what people said and did, and leaves out what the server said", () => {
  const log = [
    "=== lastnode [n=lastnode@example]  has joined #ubuntu",
    "[10:48] <ringe> adrigen: use the menu editor again.",
    "[10:49]  * ringe waves",
    "[10:50] <selinium>",
    "=== kater` is now known as Kater`",
  ].join("\n");
  expect(parseConversation(log)).toEqual([
    { minute: 0, nick: "ringe", text: "adrigen: use the menu editor again." },
    { minute: 1, nick: "ringe", text: "ringe waves" },
    { minute: 2, nick: "selinium", text: "" },
  ]);
});

it("goes on after midnight, and keeps a minute when the log's clock steps back a little", () => {
  const log = "[23:58] <a> late\n[00:01] <b> early\n[00:00] <a> out of order\n[03:29] <b> morning";
  expect(parseConversation(log).map(({ minute }) => minute)).toEqual([0, 3, 3, 211]);
});

it("keeps control characters, mark-up and surrounding white space of a message", () => {
  const text = "  \u0003" + "04red\u000f <b>\u2028x</b>\t ";
  expect(parseConversation(`[10:00] <a> ${text}\r\n`)).toEqual([{ minute: 0, nick: "a", text }]);
});

it.each([
  ["2006-05-27.train-c.raw.txt", 1016, 117],
  ["2008-04-27.train-a.raw.txt", 1958, 181],
])("finds every message of %s", async (name, messages, nicks) => {
  const conversation = parseConversation(await data(name));
  expect(conversation).toHaveLength(messages);
  expect(new Set(conversation.map(({ nick }) => nick)).size).toBe(nicks);
});
