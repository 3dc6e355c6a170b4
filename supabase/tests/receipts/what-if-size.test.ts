import { expect } from "vitest";
import { test } from "../concurrency/database-test.ts";
import { addMonthOfLetters, READER } from "./month-of-letters.ts";

/** Small, to be quick: with sequential scans made unattractive the planner shows whether it has an index for everything. */
const MESSAGES = 10_000;
const BIG = ["burst_messages", "bursts", "chat_messages", "emails", "notifications"];

test("a month in 50 events is replayed by indexes only", async ({ database }) => {
  const { sql } = database;
  await addMonthOfLetters(sql, MESSAGES);
  const asReader = database.connect({ max: 1 });
  await asReader`select set_config('request.jwt.claims', ${JSON.stringify({ sub: READER, role: "authenticated" })}, false), set_config('request.jwt.claim.sub', ${READER}, false)`;
  await asReader`set enable_seqscan = off`;
  for (const proposed of [{ delivery: "daily" }, { letters_per_day: 5 }, { level: "mentions" }]) {
    await asReader.begin(async (transaction) => {
      const [{ now, proposed: instead }] = await transaction<[{ now: number; proposed: number }]>`
        select (s -> 'now' ->> 'letters')::integer as now, (s -> 'proposed' ->> 'letters')::integer as proposed
        from public.simulate_preferences(${transaction.json(proposed)}) s`;
      expect(now).toBe(600);
      expect(instead, JSON.stringify(proposed)).toBeLessThan(600);
      const scans = await transaction`
        select relname, seq_scan from pg_stat_xact_user_tables where relname in ${transaction(BIG)} and seq_scan > 0`;
      expect([...scans], JSON.stringify(proposed)).toEqual([]);
    });
  }
});
