import type { Sql } from "postgres";
import { emptiesWhatIsEmptyNow } from "../oracle/empty-again.ts";
import { installRunClock } from "../oracle/run-clock.ts";
import type { TestDatabase } from "../harness/test-database.ts";
import type { Letter } from "./expected-letters.ts";
import { type Act, type Story, timesOf, type Wishes } from "./story.ts";

/** More moments than any story has at which something is due. */
const MOST_MOMENTS = 3000;

const uuid = (kind: number, number: number) => `${String(kind).repeat(8)}-0000-4000-8000-${String(number).padStart(12, "0")}`;
const ORGANIZATION = uuid(1, 0);
const eventId = (number: number) => uuid(2, number);
const readerId = (number: number) => uuid(3, number);
const AUTHORS = { organizer: uuid(4, 0), colleague: uuid(4, 1) };

/** Lets a story happen in a database, the processor working whenever it says that something is due. */
export interface StoryTeller {
  /** The letters of each reader. */
  tell(story: Story): Promise<Letter[][]>;
}

export async function createStoryTeller(database: TestDatabase): Promise<StoryTeller> {
  const sql = database.connect({ max: 1 });
  await installRunClock(sql);
  const empty = await emptiesWhatIsEmptyNow(sql);

  const at = (ms: number) => `'${new Date(ms).toISOString()}'::timestamptz`;
  /** Settles, fans out, claims and marks, as a pass does; returns when something is due next. */
  async function pass(ms: number): Promise<number> {
    const results = (await sql.unsafe(`
      begin; select setval('oracle.clock', ${ms}), private.settle_bursts(100, ${at(ms)}); commit;
      begin; select private.continue_fan_out(10000, ${at(ms)}); commit;
      begin;
      select public.mark_notification_sent(d.dispatch_id, d.attempt, '{}', ${at(ms)}) from public.get_pending_notifications(100, ${at(ms)}) d;
      commit;
      select private.next_due_at(${at(ms)}) as at;`).simple()) as unknown as { at: Date | null }[][];
    const [row] = results.at(-1) as [{ at: Date | null }];
    return row.at === null ? Infinity : row.at.getTime();
  }

  return {
    async tell(story) {
      await empty();
      await sql.unsafe(beginning(story)).simple();
      const times = timesOf(story);
      const messages: { event: number; id: string }[] = [];
      let due = Infinity;
      let moments = 0;
      const workUntil = async (end: number): Promise<void> => {
        while (due < end) {
          const now = due;
          due = await pass(now);
          // It says so as long as there is something to do now.
          for (let again = 0; due <= now; again += 1) {
            if (again > 20) throw new Error(`Still something due at ${new Date(now).toISOString()}.`);
            due = await pass(now);
          }
          if ((moments += 1) > MOST_MOMENTS) throw new Error("The processor never rests.");
        }
      };
      for (const [place, act] of story.acts.entries()) {
        const now = times[place]!;
        await workUntil(now);
        await perform(sql, act, now, messages);
        due = now;
        await workUntil(now + 1);
      }
      await workUntil(Infinity);
      return readLetters(sql, story, messages);
    },
  };
}

function beginning({ begins, windows, byDefault, readers }: Story): string {
  const people = [...Object.entries(AUTHORS).map(([name, id]) => ({ name, id })), ...readers.map((_, n) => ({ name: `reader${n}`, id: readerId(n) }))];
  return `
    select setval('oracle.clock', ${Date.parse(begins) - 1000});
    insert into auth.users (id, email, raw_user_meta_data) values
      ${people.map(({ name, id }) => `('${id}', '${name}@example.com', '{"handle":"${name}","display_name":"${name}"}')`).join(", ")};
    insert into public.organizations (id, name, default_delivery, default_level)
    values ('${ORGANIZATION}', 'Organization', '${byDefault.delivery}', '${byDefault.level}');
    insert into public.events (id, organization_id, title, batch_window_seconds, slows_down) values
      ${windows.map((seconds, n) => `('${eventId(n)}', '${ORGANIZATION}', 'Event ${n}', ${seconds}, true)`).join(", ")};
    insert into public.event_participants (event_id, user_id, role)
    select e.id, u.id, case when u.id = '${AUTHORS.organizer}' then 'organizer' else 'participant' end
    from public.events e cross join auth.users u;
    insert into public.notification_preferences (user_id, delivery)
    select a, 'off' from unnest('{${Object.values(AUTHORS).join(",")}}'::uuid[]) a;
    ${readers.map(({ zone, wishes }, n) => `${setWishes(n, wishes)}; ${setZone(n, zone)};`).join("\n")}`;
}

const text = (value: string | number | boolean | null) => (value === null ? "null" : `'${value}'`);

function setWishes(who: number, { delivery, level, digestAt, weeklyOn, quiet, lettersPerDay }: Wishes): string {
  const columns = {
    delivery, level, digest_at: digestAt, weekly_on: weeklyOn, quiet_from: quiet?.from ?? null, quiet_until: quiet?.until ?? null,
    quiet_except_mentions: quiet?.exceptMentions ?? false, letters_per_day: lettersPerDay,
  };
  return `
    insert into public.notification_preferences (user_id, ${Object.keys(columns).join(", ")})
    values ('${readerId(who)}', ${Object.values(columns).map(text).join(", ")})
    on conflict (user_id) do update set ${Object.keys(columns).map((name) => `${name} = excluded.${name}`).join(", ")}`;
}

const setZone = (who: number, zone: string) => `update public.profiles set time_zone = '${zone}' where user_id = '${readerId(who)}'`;

async function perform(sql: Sql, act: Act, now: number, messages: { event: number; id: string }[]): Promise<void> {
  await sql.unsafe(`select setval('oracle.clock', ${now})`);
  if (act.do === "post") {
    const { event, by, mentions, everyone } = act;
    const body = [...(everyone ? ["@everyone"] : []), ...(mentions === null ? [] : [`@reader${mentions}`]), "hello"].join(" ");
    const [row] = await sql<[{ id: string }]>`
      insert into public.chat_messages (event_id, user_id, body) values (${eventId(event)}, ${AUTHORS[by]}, ${body}) returning id`;
    messages.push({ event, id: row.id });
    return;
  }
  if (act.do === "visit") {
    const inEvent = messages.filter(({ event }) => event === act.event);
    const newest = inEvent[Math.max(0, inEvent.length - 1 - act.back)];
    if (newest === undefined) return;
    await sql.begin(async (as) => {
      const claims = JSON.stringify({ sub: readerId(act.who), role: "authenticated" });
      await as`select set_config('request.jwt.claims', ${claims}, true), set_config('request.jwt.claim.sub', ${readerId(act.who)}, true)`;
      await as.unsafe(`select public.mark_event_read('${eventId(act.event)}', ${newest.id})`);
    });
    return;
  }
  await sql.unsafe(statementFor(act, now)).simple();
}

function statementFor(act: Exclude<Act, { do: "post" | "visit" }>, now: number): string {
  switch (act.do) {
    case "wish":
      return setWishes(act.who, act.wishes);
    case "move":
      return setZone(act.who, act.zone);
    case "level": {
      const mutedUntil = act.mutedFor === null ? null : new Date(now + act.mutedFor * 1000).toISOString();
      return `
        insert into public.event_notification_preferences (user_id, event_id, level, muted_until)
        values ('${readerId(act.who)}', '${eventId(act.event)}', ${text(act.level)}, ${text(mutedUntil)})
        on conflict (user_id, event_id) do update set level = excluded.level, muted_until = excluded.muted_until`;
    }
    case "block":
      return act.blocked
        ? `insert into public.blocked_senders (user_id, sender_id) values ('${readerId(act.who)}', '${AUTHORS.colleague}') on conflict do nothing`
        : `delete from public.blocked_senders where user_id = '${readerId(act.who)}'`;
  }
}

async function readLetters(sql: Sql, { readers, acts }: Story, messages: { id: string }[]): Promise<Letter[][]> {
  const numbers = acts.flatMap((act, number) => (act.do === "post" ? [number] : []));
  const numberOf = new Map(messages.map(({ id }, place) => [id, numbers[place]!]));
  const rows = await sql<{ user_id: string; at: Date; kind: string; parts: { event_id: string; count: number; shown: string[] }[] }[]>`
    select user_id, created_at as at, kind, parts from public.emails order by created_at, id`;
  return readers.map((_, who) =>
    rows.filter(({ user_id }) => user_id === readerId(who)).map(({ at, kind, parts }) => ({
      at: at.getTime(),
      digest: kind === "digest",
      parts: parts
        .map(({ event_id, count, shown }) => ({ event: Number(event_id.slice(-1)), count, shown: shown.map((id) => numberOf.get(id)!) }))
        .sort((a, b) => a.event - b.event),
    })),
  );
}
