import { readFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { castPeople } from "../apps/local/src/replay/cast-people.ts";
import { createReplayEvent } from "../apps/local/src/replay/create-replay-event.ts";
import { readMessages, readProgress } from "../apps/local/src/replay/engine-records.ts";
import { agreeToLetters, gatherPeople } from "../apps/local/src/replay/gather-people.ts";
import { judgeReplay } from "../apps/local/src/replay/judge-replay.ts";
import { parseConversation } from "../apps/local/src/replay/parse-conversation.ts";
import { type Line, postMessage } from "../apps/local/src/replay/post-conversation.ts";
import { signIn } from "../apps/local/src/replay/sign-in.ts";
import { writeLines } from "../apps/local/src/replay/write-lines.ts";
import { type Inbox, openInbox } from "./harness/inbox.ts";
import { startSimulator } from "./harness/start-simulator.ts";
import { type TestStack, startStack } from "./harness/start-stack.ts";
import { until } from "./harness/until.ts";

const LINES = 150;

let simulator: { baseUrl: string; stop(): Promise<void> };
let stack: TestStack;

beforeAll(async () => {
  simulator = await startSimulator();
  stack = await startStack({ RESEND_BASE_URL: simulator.baseUrl });
  // What a killed processor held is due again after its lease; mentions fall due while people write.
  await stack.sql`update private.settings set lease_seconds = 10, mention_grace_seconds = 0`;
});

afterAll(async () => {
  await stack.stop();
  await simulator.stop();
});

/** The ids of the messages that the API acknowledged, as they come; `ended` when all lines have had their turn. */
function startPosting(eventId: string, lines: readonly Line[]) {
  const acknowledged: string[] = [];
  const ended = (async () => {
    for (const line of lines) {
      // No answer: nobody knows whether it was posted, and nobody posts it again.
      const outcome = await postMessage(eventId, line);
      if (outcome.ok) acknowledged.push(outcome.messageId);
    }
  })();
  return { acknowledged, ended };
}

/** Waits until many have been posted and the next letters have gone out with more to come. */
async function untilLettersFlow(eventId: string, acknowledged: readonly string[], inbox: Inbox): Promise<void> {
  await until("messages to be posted", () => acknowledged.length >= LINES / 4);
  await inbox.collect();
  const before = inbox.letters.size;
  await until("letters to flow while more are to come", async () => {
    await inbox.collect();
    return inbox.letters.size > before && (await readProgress(stack.sql, eventId)).open > 0;
  });
}

it("loses nothing and doubles nothing when it is killed while people write and letters go out", async () => {
  const organizer = await signIn(stack.address, "organizer@demo.test");
  const { id: eventId } = await createReplayEvent(organizer, "Interrupted", 1, null);
  const log = await readFile(path.join(import.meta.dirname, "data/irc/2008-04-27.train-a.raw.txt"), "utf8");
  const conversation = parseConversation(log).slice(0, LINES);
  const cast = castPeople(conversation, 8);
  const lines = writeLines(conversation, cast, await gatherPeople(stack.address, organizer, eventId, cast, () => {}));
  await agreeToLetters(stack.sql, eventId);
  const inbox = openInbox(stack.address, eventId);

  const acknowledged: string[] = [];
  for (const half of [lines.slice(0, LINES / 2), lines.slice(LINES / 2)]) {
    const posting = startPosting(eventId, half);
    await untilLettersFlow(eventId, posting.acknowledged, inbox);
    await stack.kill();
    await posting.ended;
    acknowledged.push(...posting.acknowledged);
    await stack.restart();
  }
  await until("everything to be told", async () => (await readProgress(stack.sql, eventId)).open === 0, 60_000);
  await inbox.collect();

  const messages = await readMessages(stack.sql, eventId);
  expect(acknowledged.length).toBeGreaterThanOrEqual(LINES / 2);
  expect(messages.map(({ id }) => id)).toEqual(expect.arrayContaining(acknowledged));
  const verdict = await judgeReplay(stack.sql, eventId, messages, [...inbox.letters.values()]);
  expect(verdict).toMatchObject({ people: 11, covered: messages.length * 10, missing: 0, doubled: 0, findings: [] });
}, 180_000);
