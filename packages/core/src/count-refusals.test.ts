import { expect, test } from "vitest";
import { countRefusals } from "./count-refusals.ts";

test("strangers are counted, ten seconds at a time, and nothing of it changes an answer", async () => {
  const written: [string, number][] = [];
  let clock = 0;
  let databaseAway = false;
  const write = async (what: string, times: number) => {
    if (databaseAway) throw new Error("away");
    written.push([what, times]);
  };
  const status = (request: Request) => Number(new URL(request.url).pathname.slice(1));
  const handler = async (request: Request) => new Response("as it was", { status: status(request) });
  const tick = countRefusals("process-notifications-cron", handler, write, () => clock);
  const ask = (code: number) => tick(new Request(`http://localhost/${code}`));

  expect(await (await ask(401)).text()).toBe("as it was");
  for (const code of [401, 200, 400, 500, 401]) await ask(code);
  expect(written).toEqual([["process-notifications-cron", 1]]);
  clock = 10_000;
  databaseAway = true;
  expect((await ask(401)).status).toBe(401);
  databaseAway = false;
  clock = 20_000;
  await ask(401);
  expect(written).toEqual([["process-notifications-cron", 1], ["process-notifications-cron", 4]]);

  const link = countRefusals("unsubscribe", handler, write, () => clock);
  for (const code of [400, 200]) await link(new Request(`http://localhost/${code}`));
  expect(written.at(-1)).toEqual(["unsubscribe", 1]);
});
