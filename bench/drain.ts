import type { Sql } from "postgres";

/** What one claim brought and when. */
export interface Claimed {
  letters: number;
  /** Milliseconds since the drain began, when all of it was marked. */
  at: number;
}

interface Options {
  connections: number;
  /** Recipients a claim asks for. */
  batch: number;
  /** Claims of each connection; default: until nothing is due. */
  most?: number;
}

/** Claims, composes and marks what is due, without rendering and sending it; in the order in which claims were done. */
export async function drain(pool: Sql, { connections, batch, most = Infinity }: Options): Promise<Claimed[]> {
  const begin = performance.now();
  const claimed: Claimed[] = [];
  await Promise.all(Array.from({ length: connections }, async () => {
    const sql = await pool.reserve();
    try {
      for (let claim = 0; claim < most; claim += 1) {
        const letters = await claimOnce(sql, batch);
        if (letters === 0) break;
        claimed.push({ letters, at: performance.now() - begin });
      }
    } finally {
      sql.release();
    }
  }));
  return claimed;
}

async function claimOnce(sql: Sql, batch: number): Promise<number> {
  const dispatches = await sql<{ dispatch_id: string; attempt: number; letters: unknown[] }[]>`
    select dispatch_id, attempt, letters from public.get_pending_notifications(${batch})`;
  for (const { dispatch_id, attempt } of dispatches) {
    await sql`select private.begin_attempt(${dispatch_id}, ${attempt}, sha256('x'))`;
    await sql`select public.mark_notification_sent(${dispatch_id}, ${attempt})`;
  }
  return dispatches.reduce((sum, { letters }) => sum + letters.length, 0);
}
