import type { Sql } from "postgres";
import { addMonthOfLetters, READER } from "../supabase/tests/receipts/month-of-letters.ts";
import type { BenchServer } from "./bench-server.ts";
import { type Benchmark, timed } from "./measure.ts";

const PROPOSALS: Record<string, Record<string, unknown>> = {
  "as it is": {},
  "mentions only": { level: "mentions" },
  "a daily digest": { delivery: "daily" },
  "five letters a day": { letters_per_day: 5 },
};

/** A person's last 30 days replayed through other settings. */
export async function whatIfBenchmark(server: BenchServer, quick: boolean): Promise<Benchmark> {
  const messages = quick ? 5_000 : 200_000;
  const database = await server.createDatabase();
  await addMonthOfLetters(database.sql, messages);
  return {
    name: "what-if",
    about: `\`simulate_preferences()\` for a reader of 50 events with ${(messages / 2).toLocaleString("en")} messages and 600 letters in 30 days.`,
    units: { time: "ms" },
    variants: Object.entries(PROPOSALS).map(([name, proposed]) => ({
      name,
      run: async () => ({ time: await timed(() => simulate(database.sql, proposed)) }),
    })),
    close: () => database.drop(),
  };
}

async function simulate(sql: Sql, proposed: Record<string, unknown>): Promise<void> {
  await sql.begin(async (transaction) => {
    await transaction`select set_config('request.jwt.claims', ${JSON.stringify({ sub: READER, role: "authenticated" })}, true), set_config('request.jwt.claim.sub', ${READER}, true)`;
    await transaction`select public.simulate_preferences(${transaction.json(proposed as Record<string, string>)})`;
  });
}
