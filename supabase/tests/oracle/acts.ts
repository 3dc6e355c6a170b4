import type { ReservedSql, Sql } from "postgres";
import { messageWord } from "./delivered-letter.ts";
import { WEEKLY_ON } from "./due.ts";
import type { History, Message, Person, Presence } from "./history.ts";
import { addressOf } from "./judge.ts";
import { BEGINNING, createRegister, type Moments, type Register, type Span } from "./moments.ts";
import type { RunClock } from "./run-clock.ts";
import type { Act } from "./scenario.ts";

type Post = Extract<Act, { do: "post" }>;

interface OpenTransaction {
  connection: ReservedSql;
  messages: Message[];
}

/** What the people of a run do, each act written down with its span. */
export function createActs(sql: Sql, slots: ReservedSql[], organizations: string[], history: History, moments: Moments, clock: RunClock) {
  const open = new Map<number, OpenTransaction>();

  async function write(connection: Sql, { who, event, mentions, everyone, messages: count }: Post, beside: boolean): Promise<Message[]> {
    const inSameEvent = [...open.values()].some(({ messages }) => messages.some((message) => message.event === event));
    const written: Message[] = Array.from({ length: count }, (_, index) => ({
      number: history.messages.length + index,
      id: NaN,
      event,
      author: who,
      mentions,
      everyone,
      writtenAt: clock.now(),
      written: BEGINNING,
      committed: null,
      undisturbed: !beside && !inSameEvent,
      deleted: createRegister(false),
      version: createRegister(0),
    }));
    history.messages.push(...written);
    const author = who === null ? null : history.people[who]!.id;
    const bodies = written.map((message) => bodyOf(message, 0));
    const { value: rows, span } = await moments.during(
      () => connection<{ id: string }[]>`
        insert into public.chat_messages (event_id, user_id, body)
        select ${history.events[event]!.id}, ${author}, b.body
        from unnest(${bodies}::text[]) with ordinality b (body, place)
        order by b.place
        returning id`,
    );
    rows.forEach(({ id }, index) => Object.assign(written[index]!, { id: Number(id), written: span }));
    return written;
  }

  function bodyOf({ number, mentions, everyone }: Message, version: number): string {
    const addressees = [...(mentions === null ? [] : [`@${history.people[mentions]!.handle}`]), ...(everyone ? ["@everyone"] : [])];
    return [...addressees, messageWord(number, version)].join(" ");
  }

  /** Changes a register when the statement touched a row. */
  async function change<T>(register: Register<T>, value: T, statement: () => Promise<readonly unknown[]>): Promise<void> {
    const { value: rows, span } = await moments.during(statement);
    if (rows.length > 0) register.set(value, span, clock.now());
  }

  const visible = (): Message[] => history.messages.filter((message) => message.committed !== null && !message.deleted.latest());

  function place(who: number, number: number) {
    const person = history.people[who]!;
    const events = history.events.length;
    if (number >= events) {
      const organization = organizations[number - events]!;
      return { person, register: person.memberOf[number - events]!, table: "organization_members", column: "organization_id", id: organization };
    }
    return { person, register: person.participantIn[number]!, table: "event_participants", column: "event_id", id: history.events[number]!.id };
  }

  async function join(who: number, at: number, organizer: boolean): Promise<void> {
    const { person, register, table, column, id } = place(who, at);
    const role = organizer ? "organizer" : table === "event_participants" ? "participant" : "member";
    await change(register, { since: clock.now(), organizer } as Presence | null, () => sql`
      insert into public.${sql(table)} (${sql(column)}, user_id, role) values (${id}, ${person.id}, ${role})
      on conflict do nothing returning 1`);
  }

  async function leave(who: number, at: number): Promise<void> {
    const { person, register, table, column, id } = place(who, at);
    await change(register, null, () => sql`
      delete from public.${sql(table)} where ${sql(column)} = ${id} and user_id = ${person.id} returning 1`);
  }

  async function read(person: Person, event: number, back: number): Promise<void> {
    const inEvent = visible().filter((message) => message.event === event).sort((a, b) => b.id - a.id);
    const organization = history.events[event]!.organization;
    const present = person.participantIn[event]!.latest() !== null || person.memberOf[organization]!.latest() !== null;
    const newest = inEvent[Math.min(back, inEvent.length - 1)];
    if (newest === undefined || !present) return;
    const { span } = await moments.during(() => asUser(person.id, (as) => as`select public.mark_event_read(${history.events[event]!.id}, ${newest.id})`));
    person.marks[event]!.push({ upTo: newest.id, span, at: clock.now() });
  }

  function asUser(id: string, work: (as: Sql) => Promise<unknown>): Promise<unknown> {
    return sql.begin(async (as) => {
      await as`select set_config('role', 'authenticated', true), set_config('request.jwt.claim.sub', ${id}, true),
        set_config('request.jwt.claims', ${JSON.stringify({ sub: id, role: "authenticated" })}, true)`;
      await work(as as unknown as Sql);
    });
  }

  async function block(person: Person, sender: Person, yes: boolean): Promise<void> {
    if (person === sender) return;
    await change(person.blocks[sender.number]!, yes, () => yes
      ? sql`insert into public.blocked_senders (user_id, sender_id) values (${person.id}, ${sender.id}) on conflict do nothing returning 1`
      : sql`delete from public.blocked_senders where user_id = ${person.id} and sender_id = ${sender.id} returning 1`);
  }

  /** Whether they may be mailed at all: their address may be suppressed or not confirmed, they may agree or not any more. */
  async function changeStanding(person: Person, what: "suppress" | "confirm" | "consent", yes: boolean): Promise<void> {
    const now = new Date(clock.now());
    switch (what) {
      case "suppress":
        return change(person.suppressed, yes, () => yes
          ? sql`select private.suppress_address(${addressOf(person)}, 'manual', ${now})`
          : sql`select private.unsuppress_address(${addressOf(person)}, ${now})`);
      case "confirm":
        return change(person.confirmed, yes, () => sql`
          update auth.users set email_confirmed_at = ${yes ? now : null} where id = ${person.id} returning 1`);
      case "consent":
        return change(person.consented, yes, () => yes
          ? sql`
            insert into public.notification_consents (user_id, given_at, source, wording_version) values (${person.id}, ${now}, 'settings', '1')
            on conflict (user_id) do update set withdrawn_at = null returning 1`
          : sql`update public.notification_consents set withdrawn_at = given_at where user_id = ${person.id} returning 1`);
    }
  }

  async function perform(act: Act, beside = false): Promise<void> {
    switch (act.do) {
      case "post": {
        const written = await write(sql, act, beside);
        for (const message of written) message.committed = message.written;
        return;
      }
      case "edit":
      case "delete": {
        const message = visible()[act.message % Math.max(1, visible().length)];
        if (message === undefined) return;
        if (act.do === "delete") {
          return change(message.deleted, true, () => sql`
            update public.chat_messages set deleted_at = now() where id = ${message.id} returning 1`);
        }
        const version = message.version.latest() + 1;
        return change(message.version, version, () => sql`
          update public.chat_messages set body = ${bodyOf(message, version)} where id = ${message.id} returning 1`);
      }
      case "join":
        return join(act.who, act.place, act.organizer && !beside);
      case "leave":
        // Whether an author's @everyone counts must not depend on who was quicker.
        if (beside && place(act.who, act.place).register.latest()?.organizer) return;
        return leave(act.who, act.place);
      case "read":
        return read(history.people[act.who]!, act.event, act.back);
      case "wish": {
        const person = history.people[act.who]!;
        return change(person.wishes, act.wishes, () => sql`
          insert into public.notification_preferences (user_id, delivery, level, digest_at, weekly_on)
          values (${person.id}, ${act.wishes.delivery}, ${act.wishes.level}, ${act.wishes.digestAt}, ${WEEKLY_ON})
          on conflict (user_id) do update
          set delivery = excluded.delivery, level = excluded.level, digest_at = excluded.digest_at, weekly_on = excluded.weekly_on returning 1`);
      }
      case "zone": {
        const person = history.people[act.who]!;
        return change(person.timeZone, act.timeZone, () => sql`
          update public.profiles set time_zone = ${act.timeZone} where user_id = ${person.id} returning 1`);
      }
      case "level": {
        const person = history.people[act.who]!;
        return change(person.levels[act.event]!, act.level, () => sql`
          insert into public.event_notification_preferences (user_id, event_id, level)
          values (${person.id}, ${history.events[act.event]!.id}, ${act.level})
          on conflict (user_id, event_id) do update set level = excluded.level returning 1`);
      }
      case "mute": {
        const until = act.seconds === null ? null : clock.now() + act.seconds * 1000;
        const person = history.people[act.who]!;
        return change(person.mutes[act.event]!, until, () => sql`
          insert into public.event_notification_preferences (user_id, event_id, muted_until)
          values (${person.id}, ${history.events[act.event]!.id}, ${until === null ? null : new Date(until)})
          on conflict (user_id, event_id) do update set muted_until = excluded.muted_until returning 1`);
      }
      case "block":
        return block(history.people[act.who]!, history.people[act.whom]!, act.yes);
      case "suppress":
      case "confirm":
      case "consent":
        return changeStanding(history.people[act.who]!, act.do, act.yes);
    }
  }

  return {
    perform,
    async write(slot: number, post: Post): Promise<void> {
      let transaction = open.get(slot);
      if (transaction === undefined) {
        transaction = { connection: slots[slot]!, messages: [] };
        await transaction.connection`begin`;
        open.set(slot, transaction);
      }
      transaction.messages.push(...(await write(transaction.connection, post, true)));
    },
    async finish(slot: number, commit: boolean): Promise<void> {
      const transaction = open.get(slot);
      if (transaction === undefined) return;
      open.delete(slot);
      const { span } = await moments.during(() => transaction.connection.unsafe(commit ? "commit" : "rollback"));
      if (commit) for (const message of transaction.messages) message.committed = span as Span;
    },
  };
}

export type Acts = ReturnType<typeof createActs>;
