import type { Sql } from "postgres";
import { timed } from "../measure.ts";

/** Writes so many messages one after the other into an event whose burst is open; how long each took, in ms. */
export async function writeMessages(sql: Sql, event: string, author: string, count: number): Promise<number[]> {
  const write = async () => sql`insert into public.chat_messages (event_id, user_id, body) values (${event}, ${author}, 'Does anybody know when the doors open?')`;
  await write();
  const took: number[] = [];
  for (let i = 0; i < count; i += 1) took.push(await timed(write));
  return took;
}
