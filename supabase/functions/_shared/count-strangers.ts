import { countRefusals } from "@chat-notifications/core/count-refusals.ts";
import type { EdgeSettings } from "@chat-notifications/core/edge-settings.ts";
import { createPostgresOperations } from "@chat-notifications/core/operations-database.ts";
import { connect } from "./open-database.ts";

type Handler = (request: Request) => Promise<Response>;

/** A function that counts whom it turned away; its connection is opened by the first of them. */
export function countStrangers(name: string, settings: Pick<EdgeSettings, "database">, handler: Handler): Handler {
  // Counting does not ask for which deployment.
  const operations = createPostgresOperations(connect(settings), { deploymentUrl: "" });
  return countRefusals(name, handler, operations.noteRefusals, () => performance.now());
}
