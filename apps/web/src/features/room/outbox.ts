import { Failure } from "../../data/failure.ts";
import type { Message } from "./message.ts";

/** A message on its way. waiting: will be tried again by itself; refused: only by its author. */
export interface Outgoing {
  key: string;
  body: string;
  writtenAt: number;
  state: "sending" | "waiting" | "refused";
  /** What the server said when it refused. */
  reason?: string;
}

export interface OutboxDeps {
  send(key: string, body: string): Promise<Message>;
  onSent(message: Message): void;
  storage: Pick<Storage, "getItem" | "setItem" | "removeItem">;
  /** Where it is kept: one place per person and room. */
  name: string;
  newKey(): string;
  now(): number;
  /** Calls back after so many milliseconds. */
  later(callback: () => void, milliseconds: number): void;
}

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 15_000;

/**
 * Sends messages in the order in which they were written, one at a time, and keeps them over reloads until the
 * server has them. Each has a key of its own, so that one whose answer was lost is not written twice.
 */
export class Outbox {
  readonly #deps: OutboxDeps;
  readonly #listeners = new Set<() => void>();
  #queue: readonly Outgoing[];
  #busy = false;
  #pause = 0;

  constructor(deps: OutboxDeps) {
    this.#deps = deps;
    this.#queue = readQueue(deps.storage.getItem(deps.name));
  }

  queue = (): readonly Outgoing[] => this.#queue;

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  add(body: string): void {
    this.#set([...this.#queue, { key: this.#deps.newKey(), body, writtenAt: this.#deps.now(), state: "sending" }]);
    void this.flush();
  }

  retry(key: string): void {
    this.#change(key, { state: "sending" });
    void this.flush();
  }

  discard(key: string): void {
    this.#set(this.#queue.filter((outgoing) => outgoing.key !== key));
  }

  /** Tries what is not refused, from the first on. Harmless to call at any time. */
  async flush(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    try {
      for (let next = this.#next(); next; next = this.#next()) {
        this.#change(next.key, { state: "sending" });
        if (!(await this.#attempt(next))) return;
      }
    } finally {
      this.#busy = false;
    }
  }

  /** False: wait before the next one. */
  async #attempt({ key, body }: Outgoing): Promise<boolean> {
    try {
      const message = await this.#deps.send(key, body);
      this.#pause = 0;
      // First into the room, then out of here: on screen it is never gone in between.
      this.#deps.onSent(message);
      this.discard(key);
      return true;
    } catch (error) {
      const passing = !(error instanceof Failure) || error.unreachable || /^(5\d\d|PGRST00\d|429)$/.test(error.code);
      if (!passing) {
        this.#change(key, { state: "refused", reason: error.message });
        return true;
      }
      this.#change(key, { state: "waiting" });
      this.#pause = Math.min(Math.max(this.#pause * 2, FIRST_PAUSE_MS), LONGEST_PAUSE_MS);
      this.#deps.later(() => void this.flush(), this.#pause);
      return false;
    }
  }

  #next(): Outgoing | undefined {
    return this.#queue.find(({ state }) => state !== "refused");
  }

  #change(key: string, change: Partial<Outgoing>): void {
    this.#set(this.#queue.map((outgoing) => (outgoing.key === key ? { ...outgoing, ...change } : outgoing)));
  }

  #set(queue: readonly Outgoing[]): void {
    this.#queue = queue;
    if (queue.length === 0) this.#deps.storage.removeItem(this.#deps.name);
    else this.#deps.storage.setItem(this.#deps.name, JSON.stringify(queue));
    for (const listener of [...this.#listeners]) listener();
  }
}

function readQueue(text: string | null): Outgoing[] {
  try {
    const kept: unknown = JSON.parse(text ?? "[]");
    if (!Array.isArray(kept)) return [];
    return kept.filter((entry): entry is Outgoing => typeof entry?.key === "string" && typeof entry.body === "string" && typeof entry.writtenAt === "number");
  } catch {
    return [];
  }
}
