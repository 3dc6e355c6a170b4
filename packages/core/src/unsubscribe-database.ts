import type { Sql } from "postgres";
import type { UnsubscribeClaim } from "./unsubscribe-token.ts";

export type Level = "none" | "mentions" | "all";
export type Delivery = "off" | "weekly" | "daily" | "hourly" | "immediate";

/** What a link stops and how that stands. Somebody whose account is gone looks like somebody who turned everything off. */
export interface Unsubscribing {
  scope: UnsubscribeClaim["scope"];
  /** Of scope `event`, as long as the event is there. */
  event: { id: string; title: string; organization_name: string } | null;
  /** Nothing (more) comes of what the link is about. */
  stopped: boolean;
  /** Of scope `event`. */
  level: Level | null;
  delivery: Delivery;
  can_undo: boolean;
  /** What the holder of the link may choose, the quietest first. */
  choices: { level: Level[]; delivery: Delivery[] };
}

/** Finer than stopping: one of the two. */
export type Choice = { level: Level; delivery?: undefined } | { delivery: Delivery; level?: undefined };

/** Where a change came from: the mail program's own button, or the web app's page. */
export type UnsubscribeSource = "one_click" | "page";

/** The SQL functions behind the unsubscribe function. All return what is true after them. */
export interface UnsubscribeDatabase {
  /** Of the web app, without a trailing slash. */
  appUrl(): Promise<string>;
  describe(claim: UnsubscribeClaim): Promise<Unsubscribing>;
  /** Again changes nothing. */
  unsubscribe(claim: UnsubscribeClaim, source: UnsubscribeSource): Promise<Unsubscribing>;
  undo(claim: UnsubscribeClaim): Promise<Unsubscribing>;
  /** Rejects with code CN060 for what only the signed-in person may choose, CN061 for what is no choice of this link. */
  choose(claim: UnsubscribeClaim, choice: Choice): Promise<Unsubscribing>;
}

/** Needs only the rights of role `notifier`. */
export function createPostgresUnsubscribing(sql: Sql): UnsubscribeDatabase {
  const described = async (query: Promise<{ described: Unsubscribing }[]>) => (await query)[0]!.described;
  return {
    async appUrl() {
      const [row] = await sql<[{ url: string }]>`select private.app_url() as url`;
      return row.url;
    },
    describe: ({ userId, scope, eventId }) =>
      described(sql`select private.describe_unsubscribing(${userId}, ${scope}, ${eventId}) as described`),
    unsubscribe: ({ userId, scope, eventId }, source) =>
      described(sql`select private.unsubscribe(${userId}, ${scope}, ${eventId}, ${source}) as described`),
    undo: ({ userId, scope, eventId }) =>
      described(sql`select private.undo_unsubscribing(${userId}, ${scope}, ${eventId}) as described`),
    choose: ({ userId, scope, eventId }, { level = null, delivery = null }: { level?: Level | null; delivery?: Delivery | null }) =>
      described(sql`select private.choose_by_link(${userId}, ${scope}, ${eventId}, ${level}, ${delivery}) as described`),
  };
}
