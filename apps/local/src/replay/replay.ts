import type { Sql } from "postgres";
import { castPeople } from "./cast-people.ts";
import { type LetterCollector, createLetterCollector } from "./collect-letters.ts";
import { createReplayEvent } from "./create-replay-event.ts";
import { readLongestWait, readProgress } from "./engine-records.ts";
import type { StackAddress } from "./find-stack.ts";
import { agreeToLetters, gatherPeople } from "./gather-people.ts";
import type { PostedMessage } from "./judge-letters.ts";
import { judgeReplay } from "./judge-replay.ts";
import { createPace } from "./pace.ts";
import type { ReplayArguments } from "./parse-arguments.ts";
import type { Utterance } from "./parse-conversation.ts";
import { type Line, type PostOutcome, postConversation, postMessage } from "./post-conversation.ts";
import type { ProgressReport } from "./progress-report.ts";
import { signIn } from "./sign-in.ts";
import { waitUntilTold } from "./wait-until-told.ts";
import { writeLines } from "./write-lines.ts";

/** What a replay prints. */
export interface ReplayResult {
  /** Accepted by the API. */
  messages: number;
  /** In the event: those who take part and the organization's members. */
  people: number;
  bursts: number;
  notifications: number;
  /** Letters about the event that the simulator accepted. */
  emails: number;
  /** Pairs of message and reader that the letters tell: shown, or counted in "and N more". */
  messages_covered: number;
  missing: number;
  doubled: number;
}

export interface ReplayDeps {
  stack: StackAddress;
  /** The stack's database, as its owner: to know when to stop waiting, and what "and N more" stands for. */
  sql: Sql;
  fetch: typeof fetch;
  /** Milliseconds since some fixed moment. */
  now: () => number;
  wait: (ms: number) => Promise<void>;
  report: ProgressReport;
}

/** Measured: one at a time takes 51 ms a message on a busy machine, four 17 ms, eight and sixteen 20 ms. */
const POSTS_IN_FLIGHT = 4;
/** How long nothing may happen beyond the longest wait by rule, in ms. */
const PATIENCE_MS = 60_000;

/** Replays a conversation into a new event and judges the letters. Throws what ApiError says, and when parts are out of reach. */
export async function replay(
  conversation: readonly Utterance[],
  { people, window, speed }: Omit<ReplayArguments, "file">,
  title: string,
  deps: ReplayDeps,
): Promise<ReplayResult> {
  const { stack, sql, report } = deps;
  const organizer = await signIn(stack, "organizer@demo.test");
  const event = await createReplayEvent(organizer, title, window, people);
  const cast = castPeople(conversation, people === null ? undefined : people - event.members);
  const speakers = await gatherPeople(stack, organizer, event.id, cast, (done) => report.show("Signing in", done, cast.people.length));
  await agreeToLetters(sql, event.id);

  const collector = createLetterCollector(event.id, { ...stack, ...deps });
  const stopCollecting = keepCollecting(collector, deps.wait);
  const lines = writeLines(conversation, cast, speakers);
  const outcomes = await postConversation(lines, (line) => postMessage(event.id, line), {
    inFlight: POSTS_IN_FLIGHT,
    waitForMinute: createPace(speed, deps),
    onProgress: (done) => report.show("Posting", done, lines.length),
  }).finally(stopCollecting);
  sayRefusals(outcomes, report);

  const progress = await tellEverything(event.id, collector, deps);
  const verdict = await judgeReplay(sql, event.id, postedMessages(lines, outcomes), [...collector.letters.values()]);
  if (verdict.leftAside > 0) report.say(`${verdict.leftAside} people chose digests or no letters and are not judged.`);
  verdict.findings.forEach((finding) => report.say(`${finding}.`));
  return {
    messages: outcomes.filter(({ ok }) => ok).length,
    people: verdict.people,
    bursts: progress.bursts,
    notifications: progress.notifications,
    emails: collector.letters.size,
    messages_covered: verdict.covered,
    missing: verdict.missing,
    doubled: verdict.doubled,
  };
}

/** Collects every other second; the function returned ends it, and throws what went wrong in the meantime. */
function keepCollecting(collector: LetterCollector, wait: (ms: number) => Promise<void>): () => Promise<void> {
  let stopped = false;
  let failure: unknown;
  const collecting = (async () => {
    while (!stopped) {
      await collector.collect();
      await wait(2_000);
    }
  })().catch((error: unknown) => {
    failure = error;
  });
  return async () => {
    stopped = true;
    await collecting;
    if (failure !== undefined) throw failure;
  };
}

async function tellEverything(eventId: string, collector: LetterCollector, deps: ReplayDeps) {
  const { sql, report } = deps;
  const patienceMs = (await readLongestWait(sql, eventId)) * 1000 + PATIENCE_MS;
  let most = 0;
  const { ok, progress } = await waitUntilTold(patienceMs, {
    ...deps,
    readProgress: () => readProgress(sql, eventId),
    meanwhile: () => collector.collect(),
    onProgress: ({ open }) => {
      most = Math.max(most, open);
      report.show("Telling", most - open, most);
    },
  });
  if (!ok) report.say(`Nothing has happened for ${patienceMs / 1000} s, and ${progress.open} things are still to be told.`);
  await collector.collect();
  return progress;
}

function postedMessages(lines: readonly Line[], outcomes: readonly PostOutcome[]): PostedMessage[] {
  return outcomes.flatMap((outcome, place) => (outcome.ok ? [{ id: outcome.messageId, authorId: lines[place]!.author.id }] : []));
}

function sayRefusals(outcomes: readonly PostOutcome[], report: ProgressReport): void {
  const refusals = new Map<string, number>();
  for (const outcome of outcomes) {
    if (outcome.ok) continue;
    const reason = `${outcome.code} ${outcome.message}`;
    refusals.set(reason, (refusals.get(reason) ?? 0) + 1);
  }
  for (const [reason, count] of refusals) report.say(`The API refused ${count} ${count === 1 ? "message" : "messages"}: ${reason}`);
}
