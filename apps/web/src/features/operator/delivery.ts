import type { SupabaseClient } from "@supabase/supabase-js";
import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import * as v from "valibot";
import { dataOf } from "../../data/failure.ts";
import { Time, parse, parseRows } from "../../data/rows.ts";
import { Amount } from "./rows.ts";

const Pause = v.object({ scope: v.picklist(["everything", "organization", "event"]), id: v.nullable(v.string()), paused_at: Time });
export type Pause = v.InferOutput<typeof Pause>;
const Scope = v.object({ scope: v.picklist(["organization", "event"]), id: v.string(), name: v.string(), organization_name: v.string(), paused: v.boolean() });
export type Scope = v.InferOutput<typeof Scope>;
const Breaker = v.object({ name: v.string(), state: v.string(), failures: Amount, open_until: v.nullable(Time), reason: v.nullable(v.string()) });
const Processor = v.object({ id: v.string(), kind: v.string(), version: v.nullable(v.string()), beat_at: Time });
const Job = v.object({ job: v.string(), schedule: v.nullable(v.string()), active: v.boolean(), last_run_at: v.nullable(Time), last_run_status: v.nullable(v.string()), problem: v.nullable(v.string()) });
const Suppression = v.object({ id: v.string(), address: v.nullable(v.string()), reason: v.string(), suppressed_at: Time });
const Preview = v.object({ recipients: Amount, notifications: Amount, go_to_digest: Amount });

const REFETCH = { refetchInterval: 15_000 };

export const pausesQuery = (supabase: SupabaseClient) =>
  queryOptions({ queryKey: ["operator", "pauses"], queryFn: async () => parseRows(Pause, await dataOf(supabase.from("pauses").select("scope, id, paused_at"))), ...REFETCH });

/** Organizations and events by name, paused ones first. */
export const scopesQuery = (supabase: SupabaseClient, search: string) =>
  queryOptions({ queryKey: ["operator", "scopes", search], queryFn: async () => parseRows(Scope, await dataOf(supabase.rpc("find_scopes", { search }))), placeholderData: keepPreviousData });

export const breakersQuery = (supabase: SupabaseClient) =>
  queryOptions({
    queryKey: ["operator", "breakers"],
    queryFn: async () => parseRows(Breaker, await dataOf(supabase.from("breakers").select("name, state, failures, open_until, reason").order("name"))),
    ...REFETCH,
  });

export const processorsQuery = (supabase: SupabaseClient) =>
  queryOptions({
    queryKey: ["operator", "processors"],
    queryFn: async () => parseRows(Processor, await dataOf(supabase.from("processors").select("id, kind, version, beat_at").order("beat_at", { ascending: false }).limit(20))),
    ...REFETCH,
  });

export const scheduleQuery = (supabase: SupabaseClient) =>
  queryOptions({ queryKey: ["operator", "schedule"], queryFn: async () => parseRows(Job, await dataOf(supabase.rpc("operator_schedule"))), ...REFETCH });

export const suppressionsQuery = (supabase: SupabaseClient) =>
  queryOptions({
    queryKey: ["operator", "suppressions"],
    queryFn: async () =>
      parseRows(
        Suppression,
        await dataOf(supabase.from("suppressions").select("id, address, reason, suppressed_at").is("lifted_at", null).order("suppressed_at", { ascending: false }).limit(200)),
      ),
    ...REFETCH,
  });

/** What resuming would let out. */
export const previewQuery = (supabase: SupabaseClient, { scope, id }: Pick<Pause, "scope" | "id">) =>
  queryOptions({
    queryKey: ["operator", "preview", scope, id],
    queryFn: async () => parse(Preview, await dataOf(supabase.rpc("preview_resume", { scope, id }))),
    staleTime: 0,
  });
