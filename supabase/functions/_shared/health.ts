import type { EdgeSettings } from "@chat-notifications/core/edge-settings.ts";
import { health } from "@chat-notifications/core/health.ts";
import { createPostgresOperations } from "@chat-notifications/core/operations-database.ts";
import { hasServiceKey } from "@chat-notifications/core/service-key.ts";
import { connect } from "./open-database.ts";

/** …/health: the status for everybody, reasons and details for who shows a secret key. */
export function createHealth(settings: Pick<EdgeSettings, "database" | "deploymentUrl" | "secretKeys">): (request: Request) => Promise<Response> {
  const deps = {
    operations: createPostgresOperations(connect(settings), settings),
    isTrusted: (request: Request) => hasServiceKey(request, settings.secretKeys),
    now: () => performance.now(),
    sleep: (ms: number, signal: AbortSignal) =>
      new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        signal.addEventListener("abort", () => (clearTimeout(timer), resolve()));
      }),
  };
  return (request) => health(request, deps);
}
