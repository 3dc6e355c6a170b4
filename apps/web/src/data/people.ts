import type { SupabaseClient } from "@supabase/supabase-js";
import { useQueries } from "@tanstack/react-query";
import * as v from "valibot";
import { dataOf } from "./failure.ts";
import { parseRows } from "./rows.ts";
import { useSupabase } from "./supabase.ts";

const Person = v.object({ user_id: v.string(), handle: v.string(), display_name: v.string() });
export type Person = v.InferOutput<typeof Person>;

const GATHER_MS = 10;
const MOST_AT_ONCE = 80;

/** Gathers who is asked for within a moment into one request: a page of messages names dozens. */
const gatherings = new WeakMap<SupabaseClient, { ids: Set<string>; answer: Promise<Map<string, Person>> }>();

function fetchPerson(supabase: SupabaseClient, id: string): Promise<Person | null> {
  let gathering = gatherings.get(supabase);
  if (!gathering || gathering.ids.size >= MOST_AT_ONCE) {
    const ids = new Set<string>();
    const answer = new Promise((resolve) => setTimeout(resolve, GATHER_MS)).then(async () => {
      if (gatherings.get(supabase)?.ids === ids) gatherings.delete(supabase);
      const rows = await dataOf(supabase.from("profiles").select("user_id, handle, display_name").in("user_id", [...ids]));
      return new Map(parseRows(Person, rows).map((person) => [person.user_id, person]));
    });
    gathering = { ids, answer };
    gatherings.set(supabase, gathering);
  }
  gathering.ids.add(id);
  return gathering.answer.then((people) => people.get(id) ?? null);
}

/** People by id, as far as they are known yet; null: no longer to be seen. */
export function usePeople(ids: readonly string[]): Map<string, Person | null> {
  const supabase = useSupabase();
  return useQueries({
    queries: ids.map((id) => ({ queryKey: ["person", id], queryFn: () => fetchPerson(supabase, id), staleTime: 300_000 })),
    combine: (results) => new Map(results.flatMap(({ data }, i) => (data === undefined ? [] : [[ids[i]!, data]]))),
  });
}
