import type { ReservedSql, Sql } from "postgres";
import type { TestDatabase } from "../harness/test-database.ts";
import { createActs, type Acts } from "./acts.ts";
import { readLetter } from "./delivered-letter.ts";
import { createPerson, type History } from "./history.ts";
import { findBrokenInvariants } from "./invariants.ts";
import { addressOf, judge } from "./judge.ts";
import { BEGINNING, createMoments } from "./moments.ts";
import { createProcessors, type Processors } from "./processors.ts";
import { installRunClock, type RunClock } from "./run-clock.ts";
import { ORGANIZATION_OF_EVENT, PEOPLE, type Operation, type Scenario } from "./scenario.ts";
import { createUnreliableProvider, type UnreliableProvider } from "./unreliable-provider.ts";

const ORGANIZATIONS = 2;
const HOUR = 3600;
/** Retries first, then every digest there is; never a day at once, which would put things off again. */
const LAST_WAITS = [3, 130, HOUR, 2 * HOUR, ...Array.from({ length: 4 }, () => 13 * HOUR)];

/** Runs scenarios one after another, each in an emptied database; says everything that was wrong in one. */
export interface ScenarioRunner {
  run(scenario: Scenario): Promise<string[]>;
}

export async function createScenarioRunner(database: TestDatabase): Promise<ScenarioRunner> {
  const { sql } = database;
  const clock = await installRunClock(sql);
  const empty = await emptiesWhatIsEmptyNow(sql);
  const processors = Array.from({ length: 3 }, () => database.connect({ max: 1 }));
  const writers = database.connect({ max: 3 });
  const slots = await Promise.all(Array.from({ length: 3 }, () => writers.reserve()));

  return {
    async run(scenario) {
      await Promise.all(slots.map((slot) => slot.unsafe("rollback")));
      const T: any = (globalThis as any).T ??= {}; let t0 = performance.now(); const lap = (k: string) => { const n = performance.now(); T[k] = (T[k] ?? 0) + n - t0; t0 = n; };
      await empty(); lap('empty');
      await clock.set(Date.parse(scenario.begins));
      const settings = ["reset all", ...scenario.planner.split(" ").filter(Boolean).map((method) => `set enable_${method} = off`)];
      await Promise.all(processors.map((processor) => processor.unsafe(settings.join("; "))));
      const { history, organizations } = await populate(sql, scenario, clock);
      lap('populate'); const moments = createMoments();
      const unreliable = createUnreliableProvider(clock.now);
      const run: Run = {
        clock,
        unreliable,
        acts: createActs(sql, slots, organizations, history, moments, clock),
        processors: createProcessors(processors, history, moments, clock, unreliable),
      };
      for (const operation of scenario.operations) { await perform(run, operation); lap('op ' + operation.do); }
      await endEverything(run, slots); lap('end');
      if (process.env.STATS) (globalThis as any).stats?.(history, unreliable);
      const delivered = unreliable.accepted().map((email) => readLetter(email, history));
      const failed = history.requests.filter(({ outcome }) => outcome !== "accepted").length;
      const unasked = failed > unreliable.failed() ? [`${failed} requests failed, not ${unreliable.failed()}`] : [];
      lap('read'); const j = judge(history, delivered); lap('judge'); const x= [...unasked, ...j, ...(await findBrokenInvariants(sql))]; lap('inv'); return x;
    },
  };
}

interface Run {
  clock: RunClock;
  unreliable: UnreliableProvider;
  acts: Acts;
  processors: Processors;
}

async function perform({ clock, unreliable, acts, processors }: Run, operation: Operation): Promise<void> {
  // No two operations at the same time, so that what came first is never in question.
  await clock.set(clock.now() + 1);
  switch (operation.do) {
    case "wait":
      return clock.set(clock.now() + operation.seconds * 1000);
    case "write":
      return acts.write(operation.transaction, operation.post);
    case "finish":
      return acts.finish(operation.transaction, operation.commit);
    case "fail":
      return unreliable.fail(operation.faults);
    case "resume":
      return processors.resume();
    case "together":
      return processors.together(
        operation.processors,
        operation.batch,
        operation.page,
        operation.acts.map((act) => () => acts.perform(act, true)),
      );
    case "drain":
    case "settle":
    case "fan out":
    case "pass":
    case "stall":
      return processors.perform(operation);
    default:
      return acts.perform(operation);
  }
}

/** All transactions commit, the provider works, and time goes on until nothing can be waiting any more. */
async function endEverything(run: Run, slots: ReservedSql[]): Promise<void> {
  run.unreliable.heal();
  for (const transaction of slots.keys()) await perform(run, { do: "finish", transaction, commit: true });
  await run.processors.resume({ abandon: true });
  for (const seconds of LAST_WAITS) {
    await perform(run, { do: "wait", seconds });
    await perform(run, { do: "drain" });
  }
}

/** Empties the tables that are empty now. Deleting is quicker than truncating while there are few rows. */
async function emptiesWhatIsEmptyNow(sql: Sql): Promise<() => Promise<void>> {
  const tables = await sql<{ name: string }[]>`
    select c.oid::regclass::text as name
    from pg_class c
    where c.relkind = 'r'
      and c.relnamespace in ('private'::regnamespace, 'public'::regnamespace)`;
  const empty = ["auth.users"];
  for (const { name } of tables) {
    const [row] = await sql.unsafe(`select from ${name} limit 1`);
    if (row === undefined) empty.push(name);
  }
  let runs = 0;
  return async () => {
    await sql.unsafe(`
      set session_replication_role = replica;
      ${empty.map((name) => `delete from ${name};`).join(" ")}
      set session_replication_role = origin;`);
    runs += 1;
    if (runs % 20 === 0) await sql.unsafe(`vacuum ${empty.join(", ")}`);
  };
}

async function populate(sql: Sql, { windows, people }: Scenario, clock: RunClock): Promise<{ history: History; organizations: string[] }> {
  const uuid = (kind: number, number: number) => `${String(kind).repeat(8)}-0000-4000-8000-${String(number).padStart(12, "0")}`;
  const organizations = Array.from({ length: ORGANIZATIONS }, (_, number) => uuid(1, number));
  const events = ORGANIZATION_OF_EVENT.map((organization, number) => ({
    number, id: uuid(2, number), organization, windowMs: windows[number]! * 1000,
  }));
  // Ids in no particular order, as real ones.
  const everybody = Array.from({ length: PEOPLE }, (_, number) =>
    createPerson(number, uuid(3, (number * 5 + 2) % 97), `user${number}`, ORGANIZATIONS, events.length));
  const since = clock.now();
  for (const [number, { participates, belongs }] of people.entries()) {
    const presence = (role: string) => (role === "none" ? null : { since, organizer: role === "organizer" });
    participates.forEach((role, event) => everybody[number]!.participantIn[event]!.set(presence(role), BEGINNING, since));
    belongs.forEach((role, organization) => everybody[number]!.memberOf[organization]!.set(presence(role), BEGINNING, since));
  }
  const participants = everybody.flatMap((person) => events.flatMap((event) => {
    const presence = person.participantIn[event.number]!.latest();
    return presence === null ? [] : [{ event_id: event.id, user_id: person.id, role: presence.organizer ? "organizer" : "participant" }];
  }));
  const members = everybody.flatMap((person) => organizations.flatMap((id, number) => {
    const presence = person.memberOf[number]!.latest();
    return presence === null ? [] : [{ organization_id: id, user_id: person.id, role: presence.organizer ? "organizer" : "member" }];
  }));
  await sql`insert into auth.users ${sql(everybody.map((person) => ({
    id: person.id, email: addressOf(person), raw_user_meta_data: sql.json({ handle: person.handle, display_name: person.handle }),
  })))}`;
  await sql`insert into public.organizations ${sql(organizations.map((id, number) => ({ id, name: `Organization ${number}` })))}`;
  await sql`insert into public.events ${sql(events.map(({ id, number, organization }) => ({
    id, organization_id: organizations[organization]!, title: `Event ${number}`, batch_window_seconds: windows[number]!,
  })))}`;
  if (participants.length > 0) await sql`insert into public.event_participants ${sql(participants)}`;
  if (members.length > 0) await sql`insert into public.organization_members ${sql(members)}`;
  return { history: { people: everybody, events, messages: [], steps: [], requests: [], letters: new Map() }, organizations };
}
