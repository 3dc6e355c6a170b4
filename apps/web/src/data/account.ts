import type { SupabaseClient } from "@supabase/supabase-js";
import { queryOptions, useSuspenseQuery } from "@tanstack/react-query";
import * as v from "valibot";
import { Failure, dataOf } from "./failure.ts";
import { Time, parseRows } from "./rows.ts";
import { useSupabase } from "./supabase.ts";

const Account = v.object({
  user_id: v.string(),
  address: v.nullable(v.string()),
  handle: v.string(),
  display_name: v.string(),
  locale: v.string(),
  time_zone: v.string(),
  welcomed_at: v.nullable(Time),
  is_operator: v.boolean(),
  address_problem: v.nullable(v.string()),
  runs_organization_ids: v.nullable(v.array(v.string())),
});

export type Account = v.InferOutput<typeof Account>;

export async function fetchAccount(supabase: SupabaseClient): Promise<Account> {
  const [account] = parseRows(Account, await dataOf(supabase.rpc("my_account")));
  // The token is good, its account is gone.
  if (!account) throw new Failure({ code: "session_not_found", message: "This account does not exist any more." });
  return account;
}

export const accountQuery = (supabase: SupabaseClient) =>
  queryOptions({ queryKey: ["account"], queryFn: () => fetchAccount(supabase), staleTime: 60_000 });

/** The signed-in person; inside the shell there is always one. */
export function useAccount(): Account {
  return useSuspenseQuery(accountQuery(useSupabase())).data;
}
