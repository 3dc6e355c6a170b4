import { test } from "vitest";
import { createTestDatabase } from "../harness/test-database.ts";
import { createScenarioRunner } from "./run-scenario.ts";
import type { Operation, Scenario } from "./scenario.ts";
const post = (more: object = {}): Operation => ({ do: "post", who: 0, event: 0, mentions: null, everyone: false, messages: 1, ...more }) as Operation;
const base = { begins: "2027-01-11T10:00:00Z", planner: "", windows: [120, 120, 3600], people: Array.from({ length: 6 }, () => ({ participates: ["member", "none", "none"], belongs: ["none", "none"] })) } as Omit<Scenario, "operations">;
const cases: Record<string, Operation[]> = {
  "mention lost, then off for a day": [post({ mentions: 1 }), { do: "wait", seconds: 31 }, { do: "fail", faults: ["lost"] }, { do: "drain" }, { do: "wait", seconds: 26 * 3600 }, { do: "drain" }],
  "busy, then off for a day": [post(), { do: "wait", seconds: 125 }, { do: "fail", faults: ["busy"] }, { do: "drain" }, { do: "wait", seconds: 26 * 3600 }, { do: "drain" }],
  "unsent, then off for a day": [post(), { do: "wait", seconds: 125 }, { do: "fail", faults: ["unsent"] }, { do: "drain" }, { do: "wait", seconds: 26 * 3600 }, { do: "drain" }],
  "claimed and silent for a day": [post(), { do: "wait", seconds: 125 }, { do: "settle" }, { do: "fan out", page: 100 }, { do: "stall", batch: 100, where: "before sending" }, { do: "wait", seconds: 26 * 3600 }, { do: "drain" }, { do: "resume" }, { do: "drain" }],
  "on its way for two hours": [post(), { do: "wait", seconds: 125 }, { do: "settle" }, { do: "fan out", page: 100 }, { do: "stall", batch: 100, where: "on its way" }, { do: "wait", seconds: 1800 }, { do: "drain" }, { do: "resume" }, { do: "drain" }],
  "arrived for half an hour": [post(), { do: "wait", seconds: 125 }, { do: "settle" }, { do: "fan out", page: 100 }, { do: "stall", batch: 100, where: "arrived" }, { do: "wait", seconds: 1800 }, { do: "drain" }, { do: "resume" }, { do: "drain" }],
};
test("explicit", { timeout: 600000 }, async () => {
  const db = await createTestDatabase();
  const runner = await createScenarioRunner(db);
  for (const [name, operations] of Object.entries(cases)) {
    console.log("CASE", name, JSON.stringify(await runner.run({ ...base, operations }).catch((e: unknown) => String(e))), JSON.stringify(await db.sql`select n.status, n.reason, count(*), (select json_agg(d.status || coalesce(d.outcome, $$-$$) || d.attempt) from private.dispatches d) from notifications n group by 1, 2`));
  }
  await db.drop();
});
