import type { Sql } from "postgres";
import { createPerson, type Event, type History, type Person, type Presence } from "./history.ts";
import { addressOf } from "./judge.ts";
import { BEGINNING } from "./moments.ts";
import { ORGANIZATION_OF_EVENT, ORGANIZATIONS, PEOPLE, type Role, type Scenario } from "./scenario.ts";

/** A history that has only begun, and the organizations' ids by number. */
export interface Populated {
  history: History;
  organizations: string[];
}

/** Puts a scenario's people, organizations and events into an empty database. */
export async function populate(sql: Sql, { windows, consentRequired, people: roles }: Scenario, now: number): Promise<Populated> {
  const organizations = Array.from({ length: ORGANIZATIONS }, (_, number) => uuid(1, number));
  const events = ORGANIZATION_OF_EVENT.map((organization, number) => ({
    number, id: uuid(2, number), organization, windowMs: windows[number]! * 1000, consentRequired: consentRequired[organization]!,
  }));
  // Ids in no particular order, as real ones.
  const people = Array.from({ length: PEOPLE }, (_, number) =>
    createPerson(number, uuid(3, (number * 5 + 2) % 97), `user${number}`, ORGANIZATIONS, events.length, PEOPLE));
  for (const [number, { participates, belongs }] of roles.entries()) {
    participates.forEach((role, event) => people[number]!.participantIn[event]!.set(presence(role, now), BEGINNING, now));
    belongs.forEach((role, organization) => people[number]!.memberOf[organization]!.set(presence(role, now), BEGINNING, now));
  }

  await sql`insert into auth.users ${sql(people.map((person) => ({
    id: person.id, email: addressOf(person), raw_user_meta_data: sql.json({ handle: person.handle, display_name: person.handle }),
  })))}`;
  await sql`insert into public.organizations ${sql(organizations.map((id, number) => ({ id, name: `Organization ${number}`, consent_required: consentRequired[number]! })))}`;
  // Half of them agreed before anything happens.
  const agreed = people.filter(({ number }) => number % 2 === 0);
  for (const person of agreed) person.consented.set(true, BEGINNING, now);
  await sql`insert into public.notification_consents ${sql(agreed.map(({ id }) => ({ user_id: id, given_at: new Date(now), source: "import", wording_version: "1" })))}`;
  await sql`insert into public.events ${sql(events.map(({ id, number, organization }) => ({
    id, organization_id: organizations[organization]!, title: `Event ${number}`, batch_window_seconds: windows[number]!,
  })))}`;
  const participants = participantRows(people, events);
  if (participants.length > 0) await sql`insert into public.event_participants ${sql(participants)}`;
  const members = memberRows(people, organizations);
  if (members.length > 0) await sql`insert into public.organization_members ${sql(members)}`;
  return { history: { people, events, messages: [], steps: [], requests: [], letters: new Map() }, organizations };
}

function presence(role: Role, since: number): Presence | null {
  return role === "none" ? null : { since, organizer: role === "organizer" };
}

function participantRows(people: Person[], events: Event[]) {
  return people.flatMap((person) => events.flatMap((event) => {
    const here = person.participantIn[event.number]!.latest();
    return here === null ? [] : [{ event_id: event.id, user_id: person.id, role: here.organizer ? "organizer" : "participant" }];
  }));
}

function memberRows(people: Person[], organizations: string[]) {
  return people.flatMap((person) => organizations.flatMap((id, number) => {
    const here = person.memberOf[number]!.latest();
    return here === null ? [] : [{ organization_id: id, user_id: person.id, role: here.organizer ? "organizer" : "member" }];
  }));
}

function uuid(kind: number, number: number): string {
  return `${String(kind).repeat(8)}-0000-4000-8000-${String(number).padStart(12, "0")}`;
}
