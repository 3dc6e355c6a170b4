import { expect, it } from "vitest";
import { type Line, type PostOutcome, postConversation } from "./post-conversation.ts";

const line = (author: string, body: string): Line => ({ minute: 0, author: { id: author, client: {} as Line["author"]["client"] }, body });

/** An API that answers when it is told to. */
function createApi() {
  const open = new Map<string, (outcome: PostOutcome) => void>();
  const asked: string[] = [];
  return {
    asked,
    post: ({ body }: Line) => {
      asked.push(body);
      return new Promise<PostOutcome>((resolve) => open.set(body, resolve));
    },
    async answer(body: string, outcome: PostOutcome = { ok: true, messageId: body }) {
      open.get(body)!(outcome);
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

const options = (inFlight: number) => ({ inFlight, waitForMinute: async () => {}, onProgress: () => {} });
const settled = () => new Promise((resolve) => setImmediate(resolve));

it("keeps each author's order and lets others go ahead", async () => {
  const api = createApi();
  const posting = postConversation([line("ann", "1"), line("ann", "2"), line("bea", "3")], api.post, options(4));
  await settled();
  expect(api.asked).toEqual(["1", "3"]);
  await api.answer("1");
  expect(api.asked).toEqual(["1", "3", "2"]);
  await api.answer("2");
  await api.answer("3");
  expect(await posting).toEqual(["1", "2", "3"].map((messageId) => ({ ok: true, messageId })));
});

it("has no more under way than it may", async () => {
  const api = createApi();
  const posting = postConversation(["a", "b", "c"].map((author) => line(author, author)), api.post, options(2));
  await settled();
  expect(api.asked).toEqual(["a", "b"]);
  await api.answer("b");
  expect(api.asked).toEqual(["a", "b", "c"]);
  await api.answer("a");
  await api.answer("c");
  await posting;
});

it("goes on after a refusal", async () => {
  const refused: PostOutcome = { ok: false, answered: true, code: "CN001", message: "A message needs some text." };
  const outcomes = await postConversation([line("ann", ""), line("ann", "hi")], async ({ body }) => (body ? { ok: true, messageId: "1" } : refused), options(1));
  expect(outcomes).toEqual([refused, { ok: true, messageId: "1" }]);
});

it("ends when no answer comes, once those under way have ended", async () => {
  const api = createApi();
  const posting = postConversation(["a", "b", "c"].map((author) => line(author, author)), api.post, options(2));
  const ending = expect(posting).rejects.toThrow("The API stopped answering: fetch failed (HTTP 0).");
  await settled();
  await api.answer("a", { ok: false, answered: false, code: "HTTP 0", message: "fetch failed" });
  await api.answer("b");
  await ending;
  expect(api.asked).toEqual(["a", "b"]);
});
