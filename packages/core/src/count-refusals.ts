type Handler = (request: Request) => Promise<Response>;

/** 401: no valid key or signature; 400, 403, 410 of links: damaged, asking for more than they may, of a retired key. */
const TURNED_AWAY: Record<string, number[]> = { unsubscribe: [400, 403, 410] };
const PAUSE_MS = 10_000;

/**
 * A function whose refusals of strangers are counted, for the weekly security review. Written at most every ten seconds,
 * so that a flood of them costs the database nothing; that it cannot be written changes no answer.
 */
export function countRefusals(name: string, handler: Handler, write: (what: string, times: number) => Promise<void>, now: () => number): Handler {
  const counted = TURNED_AWAY[name] ?? [401];
  let times = 0;
  let writeAt = -Infinity;
  return async (request) => {
    const response = await handler(request);
    if (!counted.includes(response.status)) return response;
    times += 1;
    if (now() >= writeAt) {
      writeAt = now() + PAUSE_MS;
      const noted = times;
      times = 0;
      await write(name, noted).catch(() => {
        times += noted;
      });
    }
    return response;
  };
}
