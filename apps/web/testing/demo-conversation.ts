import type { Sql } from "postgres";

const FESTIVAL = "d2000000-0000-4000-8000-000000000001";
const STUDIO = "d2000000-0000-4000-8000-000000000002";

const SAID: readonly (readonly [event: string, handle: string, minutesAgo: number, body: string])[] = [
  [FESTIVAL, "organizer", 1500, "Welcome, everybody! The pier is ours from Friday noon. Plan: https://harbour-arts.example/plan"],
  [FESTIVAL, "speaker", 1490, "Lovely. I can bring the small projector and two stands."],
  [FESTIVAL, "speaker", 1489, "And a power strip, of course."],
  [FESTIVAL, "volunteer", 1480, "I have four volunteers for the gate so far. We need two more for the evening shift."],
  [FESTIVAL, "guest", 200, "Count me in for the evening. When do doors open?"],
  [FESTIVAL, "organizer", 190, "@everyone Doors open at six. @guest you are a star!"],
  [FESTIVAL, "speaker", 60, "Sound check is at four then.\n\nBring ear plugs if you stand next to the bell."],
  [STUDIO, "volunteer", 40, "The studio keys are with the porter from nine."],
  [FESTIVAL, "volunteer", 12, "@organizer the ferry company confirmed: last boat back at 23:40."],
  [FESTIVAL, "volunteer", 11, "They also want to know how many wheelchairs we expect."],
];

/** Fills the demo's events with a conversation that everybody was there for. */
export async function holdDemoConversation(sql: Sql): Promise<void> {
  await sql`update public.organization_members set joined_at = now() - interval '30 days'`;
  await sql`update public.event_participants set joined_at = now() - interval '30 days'`;
  for (const [event, handle, minutesAgo, body] of SAID) {
    await sql`
      insert into public.chat_messages (event_id, user_id, body, created_at)
      select ${event}, p.user_id, ${body}, now() - make_interval(mins => ${minutesAgo})
      from public.profiles p where p.handle = ${handle}`;
  }
}
