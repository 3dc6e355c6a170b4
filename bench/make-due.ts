import type { Sql } from "postgres";

/** A message in each event, and its news due for each recipient. */
export async function makeDue(sql: Sql, author: string, events: string[]): Promise<void> {
  // One by one: a statement opens the bursts of ten events, the next settling those of the others.
  for (const event of events) await sql`insert into public.chat_messages (event_id, user_id, body) values (${event}, ${author}, 'The doors open at seven.')`;
  await endWindows(sql);
  await settleAll(sql);
  await fanOutAll(sql);
  await sql`vacuum analyze public.notifications, private.bursts, private.burst_messages`;
  await checkpoint(sql);
}

/** Writes out what was changed until now, which the server would do some time later, while something else is measured. */
export async function checkpoint(sql: Sql): Promise<void> {
  await sql`checkpoint`;
}

/** Every open window ends at this time, by default a second ago. */
export async function endWindows(sql: Sql, end = new Date(Date.now() - 1000)): Promise<void> {
  await sql`update private.bursts set closes_at = ${end} where settled_at is null`;
  // Those of a burst's first page were written with the message that opened it.
  await sql`update public.notifications set scheduled_for = ${end} where is_pending`;
}

/** Settles every burst whose window has ended. */
export async function settleAll(sql: Sql): Promise<void> {
  for (;;) {
    const [{ settled }] = await sql<[{ settled: number }]>`select private.settle_bursts() as settled`;
    if (settled === 0) return;
  }
}

/** Notifications for all recipients of settled bursts; returns how many recipients were visited. */
export async function fanOutAll(sql: Sql): Promise<number> {
  for (let visited = 0; ; ) {
    const done = await fanOutPage(sql);
    if (done === 0) return visited;
    visited += done;
  }
}

/** Notifications for the next recipients of a settled burst; returns how many were visited, none: all have theirs. */
export async function fanOutPage(sql: Sql): Promise<number> {
  const [{ done }] = await sql<[{ done: number }]>`select private.continue_fan_out() as done`;
  return done;
}
