import { type EdgeSettings, parseEdgeSettings, type SettingName } from "@chat-notifications/core/edge-settings.ts";
import type { Log } from "@chat-notifications/core/deliver-dispatch.ts";

declare const Deno: { env: { toObject(): Record<string, string> } };

type Handler = (request: Request) => Promise<Response>;

/** One JSON line an event: ids, codes and numbers. */
export const log: Log = (level, event, fields) => console[level](JSON.stringify({ level, event, ...fields }));

/**
 * An edge function: reads the settings it names when it starts, answers requests with the handler made of them. With
 * bad settings it answers 500 and says which, so that the first call shows what is missing.
 */
export function serve<Name extends SettingName>(
  names: readonly Name[],
  createHandler: (settings: Pick<EdgeSettings, Name>) => Handler,
): { fetch: Handler } {
  const parsed = parseEdgeSettings(Deno.env.toObject(), names);
  if (!parsed.ok) {
    log("error", "bad_settings", { message: parsed.message });
    return { fetch: async () => Response.json({ message: `This function's settings: ${parsed.message}` }, { status: 500 }) };
  }
  const handler = createHandler(parsed.settings);
  return {
    async fetch(request) {
      try {
        return await handler(request);
      } catch (error) {
        const { code } = error as { code?: unknown };
        log("error", "request_failed", { code: typeof code === "string" ? code : "unknown" });
        return Response.json({ message: "Something is wrong on our side. The function's log says more." }, { status: 500 });
      }
    },
  };
}
