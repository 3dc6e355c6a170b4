import { expect, test } from "vitest";
import { Failure } from "../../data/failure.ts";
import type { Message } from "./message.ts";
import { Outbox } from "./outbox.ts";

function createPost() {
  const kept = new Map<string, string>();
  const written: string[] = [];
  const shown: string[] = [];
  const timers: (() => void)[] = [];
  let keys = 0;
  let trouble: Failure | null = null;
  let loseAnswers = false;
  const open = () =>
    new Outbox({
      async send(key, body) {
        if (trouble) throw trouble;
        if (!written.includes(`${key} ${body}`)) written.push(`${key} ${body}`);
        if (loseAnswers) throw new Failure({ code: "0", message: "Failed to fetch", unreachable: true });
        return { id: written.indexOf(`${key} ${body}`) + 1, body, client_key: key } as Message;
      },
      onSent: ({ body }) => shown.push(body),
      storage: { getItem: (name) => kept.get(name) ?? null, setItem: (name, text) => kept.set(name, text), removeItem: (name) => kept.delete(name) },
      name: "outbox",
      newKey: () => `key${(keys += 1)}`,
      now: () => 0,
      later: (callback) => timers.push(callback),
    });
  const settle = async () => {
    for (let round = 0; round < 20; round += 1) await Promise.resolve();
  };
  return {
    open, written, shown, kept, settle,
    setTrouble: (failure: Failure | null) => (trouble = failure),
    setLoseAnswers: (value: boolean) => (loseAnswers = value),
    async tick() {
      timers.shift()?.();
      await settle();
    },
  };
}

const unreachable = new Failure({ code: "0", message: "Failed to fetch", unreachable: true });

test("messages leave in the order in which they were written", async () => {
  const post = createPost();
  const outbox = post.open();
  for (const body of ["one", "two", "three"]) outbox.add(body);
  await post.settle();
  expect(post.written).toEqual(["key1 one", "key2 two", "key3 three"]);
  expect(post.shown).toEqual(["one", "two", "three"]);
  expect(outbox.queue()).toEqual([]);
});

test("what was written offline waits, survives a reload and leaves by itself", async () => {
  const post = createPost();
  post.setTrouble(unreachable);
  const outbox = post.open();
  outbox.add("one");
  outbox.add("two");
  await post.settle();
  expect(outbox.queue().map(({ body, state }) => [body, state])).toEqual([["one", "waiting"], ["two", "sending"]]);
  const reloaded = post.open();
  expect(reloaded.queue().map(({ body }) => body)).toEqual(["one", "two"]);
  post.setTrouble(null);
  await reloaded.flush();
  expect(post.written).toEqual(["key1 one", "key2 two"]);
  expect(post.kept.size).toBe(0);
});

test("a message whose answer was lost is sent again under its key", async () => {
  const post = createPost();
  post.setLoseAnswers(true);
  const outbox = post.open();
  outbox.add("one");
  await post.settle();
  expect(outbox.queue()).toMatchObject([{ state: "waiting" }]);
  post.setLoseAnswers(false);
  await post.tick();
  expect(post.written).toEqual(["key1 one"]);
  expect(outbox.queue()).toEqual([]);
});

test("what the server refuses says why, holds up nothing else, and can be tried again or thrown away", async () => {
  const post = createPost();
  const outbox = post.open();
  post.setTrouble(new Failure({ code: "CN002", message: "This message has 9000 characters; 8000 is the most." }));
  outbox.add("too long");
  await post.settle();
  expect(outbox.queue()).toMatchObject([{ state: "refused", reason: "This message has 9000 characters; 8000 is the most." }]);
  post.setTrouble(null);
  outbox.add("fine");
  await post.settle();
  expect(post.shown).toEqual(["fine"]);
  outbox.retry("key1");
  await post.settle();
  expect(post.shown).toEqual(["fine", "too long"]);
  outbox.discard("key1");
  expect(outbox.queue()).toEqual([]);
});

test("what lies in the storage and is no outbox is ignored", () => {
  const post = createPost();
  for (const text of ["{", "1", '[{"key":1}]', "null"]) {
    post.kept.set("outbox", text);
    expect(post.open().queue()).toEqual([]);
  }
});
