import * as v from "valibot";
import type { WebConfig } from "../../data/config.ts";
import { Failure } from "../../data/failure.ts";
import { parse } from "../../data/rows.ts";

const Level = v.picklist(["none", "mentions", "all"]);
const Delivery = v.picklist(["off", "weekly", "daily", "hourly", "immediate"]);

const Unsubscribing = v.object({
  scope: v.picklist(["event", "digest", "all"]),
  event: v.nullable(v.object({ id: v.string(), title: v.string(), organization_name: v.string() })),
  stopped: v.boolean(),
  level: v.nullable(Level),
  delivery: Delivery,
  can_undo: v.boolean(),
  choices: v.object({ level: v.array(Level), delivery: v.array(Delivery) }),
});

/** What a letter's link stops, and how that stands now. */
export type Unsubscribing = v.InferOutput<typeof Unsubscribing>;
export type Choice = { level: v.InferOutput<typeof Level> } | { delivery: v.InferOutput<typeof Delivery> };
export type Action = { action: "describe" | "confirm" | "undo" } | { action: "choose"; choice: Choice };

/** Asks the unsubscribe function, which knows the person by the link's token: nobody needs to be signed in. */
export async function askUnsubscribe(config: WebConfig, token: string, asked: Action): Promise<Unsubscribing> {
  const response = await fetch(`${config.supabaseUrl}/functions/v1/unsubscribe`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ ...asked, token }),
  }).catch(() => {
    throw new Failure({ code: "unreachable", message: "The server cannot be reached.", unreachable: true });
  });
  const answer: unknown = await response.json().catch(() => null);
  if (response.ok) return parse(Unsubscribing, answer);
  const refusal = v.safeParse(v.object({ code: v.string(), message: v.string() }), answer);
  throw new Failure(refusal.success ? refusal.output : { code: String(response.status), message: "The server could not do this." });
}
