import { endOfQuiet, nextSlot } from "./calendar.ts";
import { type Burst, type Message, type Room, tellRooms } from "./rooms.ts";
import { type Act, type Story, timesOf, type Wishes } from "./story.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const GRACE = 30 * SECOND;
const WAITS = [HOUR, 6 * HOUR, DAY];
const NEVER = -Infinity;

/** A letter as its reader gets it. Messages are the numbers of their acts. */
export interface Letter {
  at: number;
  digest: boolean;
  parts: { event: number; count: number; shown: number[] }[];
}

/** News that a reader is owed: of a burst, or of one message that mentions them. */
interface Item {
  event: number;
  kind: "burst" | "announcement" | "mention";
  messages: Message[];
  ready: number;
  /** When people began to write in the event again after twelve silent hours, before this. */
  stirredAt: number;
  /** Wanted when its burst began, so owed even if not when it ended. */
  wanted: boolean;
  /** When its burst has ended and readers were looked at. */
  collected: boolean;
  state: "waiting" | "told" | "dropped";
  put: Put;
}

/**
 * How news was put off: by the back-off or while its reader was in the room, for a digest, or, as one mention too many,
 * for the burst.
 */
interface Put {
  heldUntil?: number;
  toDigestAfter?: number;
  withBurstAt?: number;
}

interface Standing {
  level: "all" | "mentions" | "none" | null;
  mutedUntil: number;
  readUpTo: number;
  lastSeen: number;
  lastLetter: number;
  step: number;
  mentionLetters: number[];
}

/** Every letter that this reader must get, in order: a plain simulation of what issue and design say in words. */
export function expectLetters(story: Story, who: number): Letter[] {
  const times = timesOf(story);
  const rooms = tellRooms(story);
  const reader = { ...story.readers[who]!, changedAt: NEVER, blocked: false };
  const standing = rooms.map((): Standing => ({
    level: null, mutedUntil: NEVER, readUpTo: -1, lastSeen: NEVER, lastLetter: NEVER, step: 0, mentionLetters: [],
  }));
  const items: Item[] = [];
  const letters: Letter[] = [];

  const wishes = (): Wishes => reader.wishes;
  const delivery = () => wishes().delivery ?? story.byDefault.delivery;
  const level = (event: number) => standing[event]!.level ?? wishes().level ?? story.byDefault.level;
  const isDigest = () => ["hourly", "daily", "weekly"].includes(delivery());
  const waiting = () => items.filter(({ state }) => state === "waiting");

  /** Whether, by what the reader chose; mutes that end by themselves aside. */
  function wants(event: number, addressed: boolean): boolean {
    return delivery() !== "off" && (level(event) === "all" || (level(event) === "mentions" && addressed));
  }

  function afterQuiet(at: number, addressed: boolean): number {
    const { quiet } = wishes();
    return quiet === null || (quiet.exceptMentions && addressed) ? at : endOfQuiet(quiet.from, quiet.until, reader.zone, at);
  }

  function slot(rhythm: "hourly" | "daily" | "weekly", notBefore: number): number {
    return afterQuiet(nextSlot(rhythm, wishes().digestAt, wishes().weeklyOn, reader.zone, notBefore), false);
  }

  const inDigest = ({ put }: Item) => isDigest() || put.toDigestAfter !== undefined;
  const hurries = ({ kind, put }: Item) => kind !== "burst" && put.withBurstAt === undefined;

  /** How long a letter about the event waits for its reader to come by. */
  function backOff(item: Item): number {
    const { lastSeen, lastLetter, step } = standing[item.event]!;
    if (hurries(item) || lastLetter === NEVER || lastSeen >= lastLetter || item.stirredAt > lastLetter) return NEVER;
    return lastLetter + WAITS[step - 1]!;
  }

  function whileInTheRoom({ event }: Item, now: number): number {
    const { lastSeen } = standing[event]!;
    return lastSeen > now - MINUTE ? lastSeen + 2 * MINUTE : NEVER;
  }

  /** When: by how things are now. */
  function dueAt(item: Item, now: number): number {
    const ready = Math.max(item.put.withBurstAt ?? item.ready, reader.changedAt);
    if (inDigest(item)) return slot(isDigest() ? (delivery() as "daily") : "daily", Math.max(ready, item.put.toDigestAfter ?? NEVER));
    return afterQuiet(Math.max(ready, item.put.heldUntil ?? NEVER, now), hurries(item));
  }

  function goOn(now: number): void {
    for (const item of waiting().filter((each) => !each.collected && each.ready <= now)) {
      item.collected = true;
      if (!item.wanted && !wants(item.event, item.kind !== "burst")) item.state = "dropped";
    }
    for (;;) {
      const due = waiting().filter((item) => item.collected && dueAt(item, now) <= now);
      if (due.length === 0) return;
      tell(due, now);
    }
  }

  function tell(due: Item[], now: number): void {
    // What a mention of its own tells, the burst leaves out.
    const byMention = new Set(items.filter(({ kind, state }) => kind === "mention" && state !== "dropped").flatMap(({ messages }) => messages));
    const { lettersPerDay } = wishes();
    const full = lettersPerDay !== null && letters.filter(({ at }) => at > now - DAY).length >= lettersPerDay;
    const digestGoes = due.some(inDigest);
    const told = due.filter((item) => {
      const held = Math.max(backOff(item), whileInTheRoom(item, now));
      if (!inDigest(item) && held > now) {
        item.put.heldUntil = held;
        return false;
      }
      if (!wants(item.event, item.kind !== "burst") || standing[item.event]!.mutedUntil > now) {
        item.state = "dropped";
        return false;
      }
      return !isPutOff(item, now, full, digestGoes);
    });
    write(told, byMention, now);
  }

  function isPutOff(item: Item, now: number, full: boolean, digestGoes: boolean): boolean {
    const { mentionLetters } = standing[item.event]!;
    if (full && isDigest() && delivery() === "hourly") {
      item.put.toDigestAfter = now + 1;
      return true;
    }
    if (inDigest(item)) return false;
    if (full && !digestGoes && slot("daily", now) > now) {
      item.put = { toDigestAfter: now };
      return true;
    }
    const fifthLast = mentionLetters.at(-5);
    if (item.kind === "mention" && hurries(item) && fifthLast !== undefined && fifthLast > now - HOUR) {
      const open = rooms[item.event]!.bursts.find((burst) => !burst.announcement && burst.opened <= now && burst.closes > now);
      item.put = { withBurstAt: open?.closes ?? fifthLast + HOUR };
      return true;
    }
    return false;
  }

  function write(told: Item[], byMention: Set<Message>, now: number): void {
    const news = told.map((item) => ({
      item,
      messages: item.messages.filter(
        (message) =>
          message.number > standing[item.event]!.readUpTo &&
          !(reader.blocked && message.by === "colleague") &&
          (item.kind === "mention" || !byMention.has(message)),
      ),
    }));
    for (const { item, messages } of news) item.state = messages.length > 0 ? "told" : "dropped";
    const some = news.filter(({ messages }) => messages.length > 0);
    if (some.length === 0) return;
    const digest = some.every(({ item }) => inDigest(item));
    const events = [...new Set(some.map(({ item }) => item.event))].sort();
    const parts = events.map((event) => {
      const numbers = some.filter(({ item }) => item.event === event).flatMap(({ messages }) => messages.map(({ number }) => number));
      return { event, count: numbers.length, shown: numbers.sort((a, b) => a - b).slice(digest ? -5 : -10) };
    });
    letters.push({ at: now, digest, parts });
    if (!digest) for (const event of events) noteLetter(event, some.map(({ item }) => item).filter((item) => item.event === event), now);
  }

  function noteLetter(event: number, told: Item[], now: number): void {
    const its = standing[event]!;
    const slowing = told.filter(({ kind, put }) => kind === "burst" || put.withBurstAt !== undefined);
    if (slowing.length > 0) {
      const anew = its.lastSeen >= its.lastLetter || slowing.some(({ stirredAt }) => stirredAt > its.lastLetter);
      Object.assign(its, { lastLetter: now, step: anew ? 1 : Math.min(its.step + 1, 3) });
    } else if (told.some(({ kind }) => kind === "mention")) {
      its.mentionLetters.push(now);
    }
  }

  /** Everything is decided anew: another rhythm, or a visit that was waited for. */
  const decideAnew = (which: Item[]) => which.forEach((item) => (item.put = {}));

  function perform(act: Act, place: number, now: number): void {
    if (act.do === "post") return hear(rooms[act.event]!, place, now);
    if (act.do === "visit") {
      if (act.who === who) visit(act.event, act.back, now);
      return;
    }
    if (act.who !== who) return;
    if (act.do === "wish" || act.do === "move") {
      const moved = act.do === "wish" || act.zone !== reader.zone;
      Object.assign(reader, act.do === "wish" ? { wishes: act.wishes } : { zone: act.zone });
      if (!moved) return;
      reader.changedAt = now;
      decideAnew(waiting());
    } else if (act.do === "level") {
      const mutedUntil = act.mutedFor === null ? NEVER : now + act.mutedFor * SECOND;
      Object.assign(standing[act.event]!, { level: act.level, mutedUntil });
    } else {
      reader.blocked = act.blocked;
    }
  }

  function hear(room: Room, place: number, now: number): void {
    const message = room.messages.find(({ number }) => number === place)!;
    const burst = room.bursts.find(({ messages }) => messages.includes(message))!;
    if (burst.opened === now) items.push(owed(room, burst));
    if (message.mentions === who && wants(room.event, true)) {
      items.push({ ...owed(room, burst), kind: "mention", messages: [message], ready: now + GRACE, wanted: true });
    }
  }

  function owed({ event }: Room, { announcement, messages, closes, stirredAt }: Burst): Item {
    const kind = announcement ? "announcement" : "burst";
    return { event, kind, messages, ready: closes, stirredAt, wanted: wants(event, announcement), collected: false, state: "waiting", put: {} };
  }

  function visit(event: number, back: number, now: number): void {
    const its = standing[event]!;
    const seen = rooms[event]!.messages.filter(({ at }) => at <= now);
    const upTo = seen[Math.max(0, seen.length - 1 - back)]?.number;
    if (upTo === undefined || upTo < its.readUpTo) return;
    const awaited = its.lastSeen === NEVER || its.lastSeen < its.lastLetter;
    Object.assign(its, { readUpTo: upTo, lastSeen: now });
    if (awaited) decideAnew(waiting().filter((item) => item.event === event && !inDigest(item)));
  }

  let place = 0;
  for (let now = NEVER; ; ) {
    const dues = waiting().map((item) => (item.collected ? dueAt(item, now) : item.ready));
    const next = Math.min(...dues, times[place] ?? Infinity);
    if (next === Infinity) return letters;
    now = next;
    if (now === times[place]) {
      perform(story.acts[place]!, place, now);
      place += 1;
    }
    goOn(now);
  }
}
