import type { Sql } from "postgres";
import { type Cast, type CastMember, castPeople } from "./cast-people.ts";
import { createLetterCollector } from "./collect-letters.ts";
import { createReplayEvent } from "./create-replay-event.ts";
import * as engine from "./engine-records.ts";
import type { StackAddress } from "./find-stack.ts";
import { type Speaker, gatherPeople, listListeners } from "./gather-people.ts";
import { type PostedMessage, judgeLetters } from "./judge-letters.ts";
import { mentionAddressed } from "./mention-addressed.ts";
import type { ReplayArguments } from "./parse-arguments.ts";
import type { Utterance } from "./parse-conversation.ts";
import { type Line, type PostOutcome, postConversation, postMessage } from "./post-conversation.ts";
import type { ProgressReport } from "./progress-report.ts";
import { ApiError, signIn } from "./sign-in.ts";
import { type WaitingDeps, waitUntilTold } from "./wait-until-told.ts";

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
  /** The stack's database, as its owner: only to know when to stop waiting, and what "and N more" stands for. */
  sql: Sql;
  fetch: typeof fetch;
  now: () => number;
  wait: (ms: number) => Promise<void>;
  report: ProgressReport;
}

/** The gateway does about 200 requests/s; more at once only queue in its process. Measured: 4 → 150/s, 8 → 160/s, 16 → 155/s. */
const POSTS_IN_FLIGHT = 8;
/** How long nothing may happen beyond the longest wait by rule, in ms. */
const PATIENCE_MS = 60_000;

/** Replays a conversation into a new event and judges the letters. Throws ApiError and errors of unreachable parts. */
export async function replay(conversation: readonly Utterance[], settings: ReplayArguments, title: string, deps: ReplayDeps): Promise<ReplayResult> {
  const { stack, sql, report } = deps;
  const organizer = await signIn(stack, "organizer@demo.test");
  const event = await createReplayEvent(organizer, title, settings.window);
  const size = settings.people === null ? undefined : settings.people - event.members;
  if (size !== undefined && size < 1) {
    throw new ApiError("The replay", { message: `the organization has ${event.members} members, so --people must be ${event.members + 1} or more` });
  }
  const cast = castPeople(conversation, size);
  const speakers = await gatherPeople(stack, organizer, event.id, cast, (done) => report.show("Signing in", done, cast.people.length));

  const collector = createLetterCollector({ ...stack, ...deps, eventId: event.id });
  const stopCollecting = keepCollecting(collector.collect, deps.wait);
  const lines = writeLines(conversation, cast, speakers);
  const outcomes = await postConversation(lines, (line) => postMessage(event.id, line), {
    inFlight: POSTS_IN_FLIGHT,
    waitForMinute: createPace(settings.speed, deps),
    onProgress: (done) => report.show("Posting", done, lines.length),
  });
  sayRefusals(outcomes, report);
  await stopCollecting();

  const patience = (await engine.readLongestWait(sql, event.id)) * 1000 + PATIENCE_MS;
  const { ok, progress } = await waitUntilTold(patience, {
    ...deps,
    readProgress: () => engine.readProgress(sql, event.id),
    meanwhile: collector.collect,
    onProgress: sayWaiting(report),
  });
  if (!ok) report.say(`Nothing has happened for ${patience / 1000} s, and ${progress.open} things are still to be told.`);
  await collector.collect();

  const listeners = await listListeners(sql, event.id);
  const verdict = judgeLetters(
    postedMessages(lines, outcomes),
    await readersAmong(sql, event.id, listeners, report),
    withoutPatient([...collector.letters.values()], listeners),
    await engine.readContents(sql, event.id),
  );
  verdict.findings.forEach(report.say);
  return {
    messages: outcomes.filter(({ ok: posted }) => posted).length,
    people: listeners.length,
    bursts: progress.bursts,
    notifications: progress.notifications,
    emails: collector.letters.size,
    messages_covered: verdict.covered,
    missing: verdict.missing,
    doubled: verdict.doubled,
  };
}
