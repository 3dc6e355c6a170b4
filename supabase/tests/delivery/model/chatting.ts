import fc from "fast-check";
import { post } from "../../harness/world.ts";
import { anyOne, command, someEvent, someReader, weighted } from "./command.ts";
import type { DeliveryModel } from "./delivery-model.ts";
import type { DeliverySystem } from "./delivery-system.ts";

const lives = (who: number) => (model: DeliveryModel) => !model.gone.has(who);

/** Posts a message; everybody it concerns is due at once. */
export async function write(
  model: DeliveryModel,
  system: DeliverySystem,
  where: number,
  author: number,
  mentioned: number | null,
): Promise<void> {
  model.posted += 1;
  const { sql, events, people } = system;
  await post(sql, events[where]!, people[author]!, `message${model.posted}${mentioned === null ? "" : ` @user${mentioned + 1}`}`);
  const { database } = system.workers[0]!;
  while ((await database.settleBursts()) + (await database.continueFanOut()) > 0);
  await system.makeDue();
}

export const writing = fc.tuple(someEvent, fc.nat(1), fc.option(someReader, { freq: 2 })).map(([where, author, mentioned]) =>
  command(
    `user${author + 1} writes in event ${where}${mentioned === null ? "" : ` to user${mentioned + 1}`}`,
    (model, system) => write(model, system, where, author, mentioned),
    lives(author),
  ));

/** What readers do, so that other things are true than when their letters were composed. */
export const changing = weighted([
  [4, fc.tuple(someReader, someEvent).map(([who, where]) =>
    command(`user${who + 1} reads event ${where}`, async (model, { sql, people, events }) => {
      model.disturbed.add(who);
      await sql`
        insert into private.recipient_states (user_id, event_id, read_up_to, read_snapshot)
        select ${people[who]!}, ${events[where]!}, max(id), pg_current_snapshot()
        from public.chat_messages where event_id = ${events[where]!} having count(*) > 0
        on conflict on constraint recipient_states_pkey do update set read_up_to = excluded.read_up_to, read_snapshot = excluded.read_snapshot`;
    }, lives(who)))],
  [4, fc.tuple(someReader, someEvent).map(([who, where]) =>
    command(`user${who + 1} leaves event ${where} or comes back`, async (model, { sql, people, events }) => {
      model.disturbed.add(who);
      const left = await sql`delete from public.event_participants where user_id = ${people[who]!} and event_id = ${events[where]!} returning 1`;
      if (left.length === 0) {
        await sql`insert into public.event_participants (event_id, user_id) values (${events[where]!}, ${people[who]!})`;
      }
    }, lives(who)))],
  [4, fc.tuple(someReader, fc.constantFrom("off", "daily", "immediate")).map(([who, delivery]) =>
    command(`user${who + 1} wants letters ${delivery}`, async (model, system) => {
      model.disturbed.add(who);
      await system.sql`
        insert into public.notification_preferences (user_id, delivery) values (${system.people[who]!}, ${delivery})
        on conflict (user_id) do update set delivery = excluded.delivery`;
      await system.makeDue();
    }, lives(who)))],
  [3, anyOne.map((pick) =>
    command(`message ${pick} is deleted`, (_, { sql }) => sql`
      update public.chat_messages set deleted_at = now()
      where id = (
        select id from public.chat_messages
        order by id offset ${pick} % greatest(1, (select count(*) from public.chat_messages)) limit 1)`))],
  [1, someReader.map((who) =>
    command(`user${who + 1} deletes the account`, async (model, { sql, people }) => {
      model.gone.add(who);
      model.disturbed.add(who);
      await sql`delete from auth.users where id = ${people[who]!}`;
    }, lives(who)))],
]);
