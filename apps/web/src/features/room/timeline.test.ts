import { expect, test } from "vitest";
import { Failure } from "../../data/failure.ts";
import type { Message, MessageSource } from "./message.ts";
import { Timeline } from "./timeline.ts";

function message(id: number, body = `message ${id}`): Message {
  return { id, event_id: "event", user_id: "ann", body, created_at: new Date(id * 1000), edited_at: null, deleted_at: null, client_key: null };
}

/** A room that holds messages 1 to `count`. */
function createRoom(count: number) {
  const stored = Array.from({ length: count }, (_, i) => message(i + 1));
  let offline = false;
  const answer = (rows: Message[]) => (offline ? Promise.reject(new Failure({ code: "0", message: "Failed to fetch", unreachable: true })) : Promise.resolve(rows));
  const source: MessageSource = {
    before: (id, limit) => answer(stored.filter((row) => id === null || row.id < id).slice(-limit)),
    from: (id, limit) => answer(stored.filter((row) => row.id >= id).slice(0, limit)),
    between: (first, last) => answer(stored.filter((row) => row.id >= first && row.id <= last)),
  };
  return { stored, source, setOffline: (value: boolean) => (offline = value) };
}

const ids = (timeline: Timeline) => timeline.state().messages.map(({ id }) => id);
const range = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, i) => first + i);

test("it opens at the end and grows backwards page by page, each message once", async () => {
  const { source } = createRoom(150);
  const timeline = new Timeline(source);
  await timeline.open(null);
  expect(ids(timeline)).toEqual(range(91, 150));
  await Promise.all([timeline.loadOlder(), timeline.loadOlder()]);
  expect(ids(timeline)).toEqual(range(31, 150));
  await timeline.loadOlder();
  expect(ids(timeline)).toEqual(range(1, 150));
  expect(timeline.state().hasOlder).toBe(false);
});

test("it opens down to the read mark, within reason", async () => {
  const { source } = createRoom(1000);
  const timeline = new Timeline(source);
  await timeline.open(900);
  expect(ids(timeline)).toEqual(range(881, 1000));
  const far = new Timeline(source);
  await far.open(5);
  expect(ids(far)).toEqual(range(821, 1000));
});

test("what was written while the connection was gone is filled in without a gap or a double", async () => {
  const room = createRoom(80);
  const timeline = new Timeline(room.source);
  await timeline.open(null);
  room.setOffline(true);
  await timeline.refresh();
  expect(timeline.state().error).toBeInstanceOf(Failure);
  room.stored.push(...range(81, 280).map((id) => message(id)));
  room.setOffline(false);
  await timeline.refresh();
  expect(ids(timeline)).toEqual(range(21, 280));
  expect(timeline.state().error).toBeNull();
});

test("after a very long absence it starts again at the end", async () => {
  const room = createRoom(80);
  const timeline = new Timeline(room.source);
  await timeline.open(null);
  room.stored.push(...range(81, 5000).map((id) => message(id)));
  await timeline.refresh();
  expect(ids(timeline)).toEqual(range(4941, 5000));
  expect(timeline.state().hasOlder).toBe(true);
});

test("a message that was committed late with a smaller id finds its place", async () => {
  const room = createRoom(10);
  room.stored.splice(4, 1);
  const timeline = new Timeline(room.source);
  await timeline.open(null);
  room.stored.splice(4, 0, message(5));
  await timeline.refresh();
  expect(ids(timeline)).toEqual(range(1, 10));
});

test("a link opens the room around its message, and new ones wait until the reader comes down to them", async () => {
  const room = createRoom(500);
  const timeline = new Timeline(room.source);
  expect(await timeline.openAt(100)).toBe(true);
  expect(ids(timeline)).toEqual(range(70, 159));
  await timeline.refresh();
  timeline.add(message(501));
  expect(ids(timeline)).toEqual(range(70, 159));
  await timeline.loadNewer();
  expect(ids(timeline)).toEqual(range(70, 219));
  expect(await new Timeline(room.source).openAt(9999)).toBe(false);
});

test("edits and deletions on screen are noticed", async () => {
  const room = createRoom(10);
  const timeline = new Timeline(room.source);
  await timeline.open(null);
  room.stored[2] = { ...message(3, "edited"), edited_at: new Date() };
  await timeline.refreshBetween(1, 5);
  expect(timeline.state().messages[2]).toMatchObject({ body: "edited" });
});
