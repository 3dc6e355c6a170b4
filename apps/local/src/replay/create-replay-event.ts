import { ApiError, type SignedIn } from "./sign-in.ts";

/** A new event in the organization that the organizer runs, and how many members will hear of it. */
export interface ReplayEvent {
  id: string;
  members: number;
}

/**
 * Creates the event through the public API. Throws ApiError, also when the caller runs no organization.
 * @param people how many are to be in the event; refused when the organization alone has as many. null: any number.
 */
export async function createReplayEvent(
  organizer: SignedIn,
  title: string,
  window: number | null,
  people: number | null,
): Promise<ReplayEvent> {
  const { id, client } = organizer;
  const run = await client
    .from("organization_members")
    .select("organization_id")
    .eq("user_id", id)
    .in("role", ["owner", "organizer"])
    .order("joined_at")
    .limit(1);
  if (run.error !== null) throw new ApiError("Looking up the demo organization", run.error);
  const organizationId = run.data[0]?.organization_id;
  if (organizationId === undefined) throw new ApiError("Creating the event", { message: "the demo organizer runs no organization" });
  const members = await client.from("organization_members").select("user_id").eq("organization_id", organizationId);
  if (members.error !== null) throw new ApiError("Looking up the organization's members", members.error);
  const least = members.data.length + 1;
  if (people !== null && people < least) {
    throw new ApiError("Creating the event", { message: `the organization's members are in it, too, so it has ${least} people or more` });
  }
  const event = await client
    .from("events")
    .insert({ organization_id: organizationId, title, batch_window_seconds: window, slows_down: false })
    .select("id")
    .single();
  if (event.error !== null) throw new ApiError("Creating the event", event.error);
  return { id: event.data.id, members: members.data.length };
}
