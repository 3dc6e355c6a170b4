import type { Message, MessageSource } from "./message.ts";

const PAGE = 60;
/** More than this behind, catching up page by page would take longer than starting again at the end. */
const MOST_CAUGHT_UP = 600;

export interface TimelineState {
  /** Ascending, without gaps. */
  messages: readonly Message[];
  /** Whether there may be more before the first and after the last. */
  hasOlder: boolean;
  hasNewer: boolean;
  loaded: boolean;
  error: unknown;
}

/**
 * The part of a room that is on screen: a run of messages without gaps, which grows at both ends and follows the
 * newest unless the reader looked up something far back. Answers may come in any order; none is shown twice.
 */
export class Timeline {
  readonly #source: MessageSource;
  readonly #listeners = new Set<() => void>();
  #state: TimelineState = { messages: [], hasOlder: true, hasNewer: false, loaded: false, error: null };
  #loading = new Map<string, Promise<void>>();

  constructor(source: MessageSource) {
    this.#source = source;
  }

  state = (): TimelineState => this.#state;

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Begins at the newest; `back` says down to which message it should reach at once, within reason. */
  open(back: number | null): Promise<void> {
    return this.#once("open", async () => {
      let messages = await this.#source.before(null, PAGE);
      for (let pages = 0; back !== null && pages < 2 && messages.length > 0 && messages[0]!.id > back; pages += 1) {
        const older = await this.#source.before(messages[0]!.id, PAGE);
        if (older.length === 0) break;
        messages = [...older, ...messages];
      }
      this.#set({ messages, hasOlder: messages.length >= PAGE, hasNewer: false, loaded: true, error: null });
    });
  }

  /** Begins at a message that a link names. False: it is not in this room. */
  async openAt(id: number): Promise<boolean> {
    let found = false;
    await this.#once("open", async () => {
      const [older, newer] = await Promise.all([this.#source.before(id, PAGE / 2), this.#source.from(id, PAGE)]);
      found = newer[0]?.id === id;
      if (!found) return;
      this.#set({ messages: [...older, ...newer], hasOlder: older.length === PAGE / 2, hasNewer: newer.length === PAGE, loaded: true, error: null });
    });
    return found;
  }

  loadOlder(): Promise<void> {
    const first = this.#state.messages[0];
    if (!first || !this.#state.hasOlder) return Promise.resolve();
    return this.#once("older", async () => {
      const older = await this.#source.before(first.id, PAGE);
      this.#merge(older, { hasOlder: older.length === PAGE });
    });
  }

  loadNewer(): Promise<void> {
    const last = this.#state.messages.at(-1);
    if (!last || !this.#state.hasNewer) return Promise.resolve();
    return this.#once("newer", async () => {
      const newer = await this.#source.from(last.id + 1, PAGE);
      this.#merge(newer, { hasNewer: newer.length === PAGE });
    });
  }

  /** Looks what is new. Does nothing while the reader is far back: the end is fetched when they get there. */
  refresh(): Promise<void> {
    if (!this.#state.loaded || this.#state.hasNewer) return Promise.resolve();
    return this.#once("refresh", async () => {
      const newest = await this.#source.before(null, PAGE);
      const last = this.#state.messages.at(-1);
      if (!last) return this.#set({ messages: newest, hasOlder: newest.length === PAGE, error: null });
      const missing: Message[] = [];
      for (let from = last.id + 1; newest.length === PAGE && newest[0]!.id > from; from = missing.at(-1)!.id + 1) {
        const page = await this.#source.from(from, PAGE);
        missing.push(...page);
        if (page.length < PAGE || page.at(-1)!.id >= newest[0]!.id) break;
        if (missing.length > MOST_CAUGHT_UP) return this.#set({ messages: newest, hasOlder: true, error: null });
      }
      this.#merge([...missing, ...newest], {});
    });
  }

  /** Looks again at what is on screen: somebody may have edited or deleted it. */
  refreshBetween(first: number, last: number): Promise<void> {
    return this.#once("between", async () => this.#merge(await this.#source.between(first, last), {}));
  }

  /** Takes in a message whose writing was just confirmed. */
  add(message: Message): void {
    if (!this.#state.hasNewer) this.#merge([message], {});
  }

  #merge(incoming: readonly Message[], change: Partial<TimelineState>): void {
    const byId = new Map(this.#state.messages.map((message) => [message.id, message]));
    let changed = false;
    for (const message of incoming) {
      const known = byId.get(message.id);
      if (known && isSame(known, message)) continue;
      byId.set(message.id, message);
      changed = true;
    }
    if (!changed && this.#state.error === null && Object.keys(change).length === 0) return;
    const messages = changed ? [...byId.values()].sort((a, b) => a.id - b.id) : this.#state.messages;
    this.#set({ ...change, messages, error: null });
  }

  /** One request of a kind at a time: whoever asks meanwhile gets the same answer. */
  #once(kind: string, work: () => Promise<void>): Promise<void> {
    const running = this.#loading.get(kind);
    if (running) return running;
    const started = work()
      .catch((error: unknown) => this.#set({ error }))
      .finally(() => this.#loading.delete(kind));
    this.#loading.set(kind, started);
    return started;
  }

  #set(change: Partial<TimelineState>): void {
    this.#state = { ...this.#state, ...change };
    for (const listener of [...this.#listeners]) listener();
  }
}

function isSame(a: Message, b: Message): boolean {
  return a.body === b.body && a.edited_at?.getTime() === b.edited_at?.getTime() && a.deleted_at?.getTime() === b.deleted_at?.getTime() && a.user_id === b.user_id;
}
