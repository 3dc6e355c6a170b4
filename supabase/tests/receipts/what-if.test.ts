import { expect } from "vitest";
import type { Sql } from "postgres";
import { test } from "../concurrency/database-test.ts";
import { randomNumbers } from "../concurrency/random-numbers.ts";
import { addEvent, addPeople } from "../harness/world.ts";
import { keepDiary } from "../preferences/diary.ts";

type Settings = Record<string, unknown>;
interface Simulation {
  now: { letters: number };
  proposed: { letters: number; list: { at: string; kind: string; events: { event_id: string; title: string; count: number; mentions: number }[] }[] };
}

/** `"02 08:00 combined One 3+1, Two 2"`: day, time, kind, and each event's messages, mentions after the plus. A digest keeps only the mentions that it shows. */
async function reallySent(sql: Sql, userId: string): Promise<string[]> {
  const rows = await sql<{ line: string }[]>`
    select concat_ws(' ', to_char(timezone('UTC', e.sent_at), 'DD HH24:MI'), e.kind, (
      select string_agg(concat(v.title, ' ', p.part ->> 'count', case when e.kind <> 'digest' and p.part -> 'mentions' <> '[]' then '+' || jsonb_array_length(p.part -> 'mentions') end), ', ' order by v.title)
      from jsonb_array_elements(e.parts) p (part)
      join public.events v on v.id = (p.part ->> 'event_id')::uuid)) as line
    from public.emails e where e.user_id = ${userId} and e.sent_at is not null order by e.sent_at`;
  return rows.map(({ line }) => line);
}

const linesOf = ({ proposed }: Simulation): string[] =>
  proposed.list.map(({ at, kind, events }) => {
    const parts = events.map(({ title, count, mentions }) => `${title} ${count}${mentions && kind !== "digest" ? `+${mentions}` : ""}`);
    return `${at.slice(8, 10)} ${at.slice(11, 16)} ${kind} ${parts.sort().join(", ")}`;
  });

/** Twins: in the same events, spoken to in the same messages, with other settings each. */
const TWINS: Record<string, Settings> = {
  plain: {},
  daily: { delivery: "daily", digest_at: "18:30" },
  hourly: { delivery: "hourly" },
  weekly: { delivery: "weekly", weekly_on: 3 },
  quiet: { quiet_from: "13:00", quiet_until: "15:30" },
  quietButMentions: { quiet_from: "11:00", quiet_until: "17:45", quiet_except_mentions: true },
  mentions: { level: "mentions" },
  few: { letters_per_day: 3 },
  off: { delivery: "off" },
};

test("what if gives exactly the letters that somebody with those settings got, and with unchanged settings one's own", async ({ database }) => {
  const { sql, connectAs } = database;
  const diary = await keepDiary(database);
  const names = Object.keys(TWINS);
  const [ann, ben, ...twins] = await addPeople(sql, names.length + 2);
  const events: string[] = [];
  for (const title of ["One", "Two", "Three"]) events.push(await addEvent(sql, { title, participants: [ann!, ben!, ...twins], window: title === "Two" ? 600 : null }));
  await sql`update public.events set slows_down = true where title = 'One'`;
  for (const [at, name] of names.entries()) {
    if (Object.keys(TWINS[name]!).length > 0) await sql`insert into public.notification_preferences ${sql({ user_id: twins[at]!, ...TWINS[name] } as Record<string, string>)}`;
  }
  const everyTwin = twins.map((_, at) => `@user${at + 3}`).join(" ");
  const random = randomNumbers(7);
  let clock = Date.parse("2027-03-01T12:00:00Z");
  for (let message = 0; message < 40; message += 1) {
    clock += Math.floor(random() ** 3 * 4 * 3600_000) + 20_000;
    await diary.until(new Date(clock).toISOString());
    await diary.says(random() < 0.5 ? ann! : ben!, events[Math.floor(random() * 3)]!, random() < 0.2 ? `${everyTwin} look` : "news");
  }
  await diary.until("2027-03-05T12:00:00Z");

  const sent = new Map<string, string[]>();
  for (const [at, name] of names.entries()) sent.set(name, await reallySent(sql, twins[at]!));
  expect(sent.get("plain")!.length).toBeGreaterThan(20);
  const simulate = async (name: string, proposed: Settings) => {
    const connection = connectAs("authenticated", twins[names.indexOf(name)]!, { max: 1 });
    const [row] = await connection<[{ simulation: Simulation }]>`select public.simulate_preferences(${sql.json(proposed as never)}, 30) as simulation`;
    await connection.end();
    expect(row.simulation.now.letters, name).toBe(sent.get(name)!.length);
    expect(row.simulation.proposed.letters).toBe(row.simulation.proposed.list.length);
    return linesOf(row.simulation);
  };
  for (const name of names) {
    expect(await simulate(name, {}), `${name} unchanged`).toEqual(sent.get(name));
    expect(await simulate(name, TWINS[name]!), `${name} in so many words`).toEqual(sent.get(name));
  }
  const nothing: Settings = {
    delivery: "immediate", level: "all", digest_at: "08:00", weekly_on: 1, quiet_from: null, quiet_until: null, quiet_except_mentions: false, letters_per_day: null,
  };
  for (const [one, other] of [
    ["plain", "daily"], ["plain", "hourly"], ["plain", "weekly"], ["plain", "quiet"], ["plain", "quietButMentions"], ["plain", "mentions"],
    ["plain", "off"], ["plain", "few"], ["daily", "plain"], ["daily", "hourly"], ["off", "daily"], ["off", "plain"], ["mentions", "plain"], ["few", "plain"],
    ["quiet", "plain"], ["weekly", "mentions"],
  ] as const) {
    expect(await simulate(one, { ...nothing, ...TWINS[other] }), `${one} as ${other}`).toEqual(sent.get(other));
  }
});

test("unchanged settings give one's own letters, whatever was read, muted and changed meanwhile; another event's settings move nothing else", async ({ database }) => {
  const { sql, connectAs } = database;
  const diary = await keepDiary(database);
  const [ann, bob] = await addPeople(sql, 2);
  const [one, two, three] = [
    await addEvent(sql, { title: "One", participants: [ann!, bob!] }),
    await addEvent(sql, { title: "Two", participants: [ann!, bob!] }),
    await addEvent(sql, { title: "Three", participants: [ann!, bob!] }),
  ];
  await sql`update public.events set slows_down = true where id = ${one}`;
  const asBob = connectAs("authenticated", bob!, { max: 1 });
  const says = async (at: string, ...events: string[]) => {
    await diary.until(`2027-03-${at}:00Z`);
    for (const event of events) await diary.says(ann!, event, "news");
  };
  await says("01T12:10", one, two, three);
  await says("01T12:30", one, two);
  await diary.until("2027-03-01T12:31:00Z");
  await diary.visits(bob!, two);
  await says("01T13:40", one, two);
  await asBob`insert into public.event_notification_preferences (user_id, event_id, level) values (${bob!}, ${three}, 'none')`;
  await says("01T14:00", three);
  await says("01T20:00", one, three);
  await asBob`insert into public.notification_preferences (user_id, delivery) values (${bob!}, 'daily')`;
  await says("01T22:00", one, two);
  await says("02T09:00", two);
  await asBob`update public.notification_preferences set delivery = 'immediate'`;
  await says("02T12:00", one, two, three);
  await diary.until("2027-03-03T12:00:00Z");

  const simulate = async (proposed: Settings, days = 30) =>
    (await asBob<[{ s: Simulation }]>`select public.simulate_preferences(${sql.json(proposed as never)}, ${days}) as s`)[0].s;
  const sent = await reallySent(sql, bob!);
  expect(sent.length).toBeGreaterThan(5);
  const before = await sql`select xmin, * from public.notifications`;
  for (const proposed of [{}, { delivery: "immediate" }, { events: { [three]: { level: "none" } } }, { content_mode: "full" }]) {
    expect(linesOf(await simulate(proposed)), JSON.stringify(proposed)).toEqual(sent);
  }
  // Event Three back again: what it said since comes, each by itself; nothing else moves.
  const withThree = linesOf(await simulate({ events: { [three]: { level: "all" } } }));
  expect(withThree.filter((line) => !line.includes("Three"))).toEqual(expect.arrayContaining(sent.filter((line) => !line.includes("Three") && !/^01 20:02|^02 12:02/.test(line))));
  expect(withThree.filter((line) => line.includes("Three")).map((line) => line.slice(0, 8))).toEqual(["01 12:12", "01 14:02", "01 20:02", "02 12:02"]);
  // Event Two muted: its letters go, those that told of another event too stay without it.
  expect(linesOf(await simulate({ events: { [two]: { muted_until: "2027-04-01T00:00:00Z" } } })).join()).not.toContain("Two");
  expect((await simulate({ delivery: "off" })).proposed.letters).toBe(0);
  expect((await simulate({}, 1)).now.letters).toBe(sent.filter((line) => line > "02 12:00").length);
  expect(await sql`select xmin, * from public.notifications`).toEqual(before);
});

test("settings that could not be saved cannot be tried, and the answer says why", async ({ database }) => {
  const { sql, connectAs } = database;
  const [ann, bob] = await addPeople(sql, 2);
  const [mine, foreign] = [await addEvent(sql, { participants: [ann!] }), await addEvent(sql, { participants: [bob!] })];
  const asAnn = connectAs("authenticated", ann!, { max: 1 });
  const refusal = (proposed: unknown, days = 30) =>
    asAnn`select public.simulate_preferences(${sql.json(proposed as never)}, ${days})`.then(() => "none", ({ code, message }) => `${code} ${message}`);
  expect(await refusal({ delivery: "sometimes" })).toBe("CN051 These settings cannot be tried: notification_preferences_delivery_is_known.");
  expect(await refusal({ quiet_from: "22:00" })).toBe("CN051 These settings cannot be tried: notification_preferences_quiet_hours_have_two_ends.");
  expect(await refusal({ letters_per_day: 0 })).toBe("CN051 These settings cannot be tried: notification_preferences_letters_per_day_are_some.");
  expect(await refusal({ digest_at: null })).toBe("CN051 These settings cannot be tried: digest_at_is_given.");
  expect(await refusal({ digest_at: "half past eight" })).toMatch(/^CN051 These settings cannot be tried: invalid input syntax for type time/);
  expect(await refusal({ user_id: bob! })).toBe("CN051 These settings cannot be tried: there is no setting user_id.");
  expect(await refusal([])).toBe("CN051 These settings cannot be tried: not an object.");
  expect(await refusal({ events: [] })).toBe("CN051 These settings cannot be tried: events is not an object.");
  expect(await refusal({ events: { [mine]: { level: "some" } } })).toBe("CN051 These settings cannot be tried: event_notification_preferences_level_is_known.");
  expect(await refusal({ events: { x: {} } })).toMatch(/^CN051 These settings cannot be tried: invalid input syntax for type uuid/);
  expect(await refusal({ events: { [foreign]: { level: "all" } } })).toBe("CN003 You are not in this event, or it does not exist.");
  expect(await refusal({}, 31)).toBe("CN052 The last 31 days cannot be tried.");
  expect(await refusal({ events: { [mine]: { level: "mentions", muted_until: null } }, quiet_from: "22:00", quiet_until: "07:00" })).toBe("none");
  await expect(connectAs("anon", null, { max: 1 })`select public.simulate_preferences('{}')`).rejects.toMatchObject({ code: "42501" });
});
