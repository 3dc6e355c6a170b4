import { type HttpServer, listen } from "../../../apps/local/src/http-server.ts";
import { type DenoFunction, startDenoFunction } from "./deno-function.ts";

export interface EdgeGateway {
  /** What SUPABASE_URL is for the functions. */
  origin: string;
  /**
   * Starts functions of these names with this environment, in place of those that run; the gateway's address is added
   * to it.
   * @param folder that holds them, default supabase/functions
   */
  start(names: readonly string[], env: Record<string, string>, folder?: string): Promise<void>;
  functions: Map<string, DenoFunction>;
  /** Calls `/functions/v1/…`. */
  call(path: string, init?: RequestInit): Promise<Response>;
  stop(): Promise<void>;
}

/**
 * The platform's gateway in small: `/functions/v1/NAME/…` goes to that function as `/NAME/…`. No function of that name
 * is answered as the platform answers.
 */
export async function openEdgeGateway(): Promise<EdgeGateway> {
  const server: HttpServer = await listen(0, "127.0.0.1");
  const origin = `http://127.0.0.1:${server.port}`;
  const functions = new Map<string, DenoFunction>();
  server.serve(async (request) => {
    const url = new URL(request.url);
    const [, name] = /^\/functions\/v1\/([a-z-]+)/.exec(url.pathname) ?? [];
    const found = functions.get(name ?? "");
    if (found === undefined) return Response.json({ code: "NOT_FOUND", message: "Requested function was not found" }, { status: 404 });
    url.pathname = url.pathname.slice("/functions/v1".length);
    return found.fetch(new Request(url, request));
  });
  return {
    origin,
    functions,
    async start(names, env, folder) {
      await Promise.all(names.map((name) => functions.get(name)?.stop()));
      const started = await Promise.all(names.map((name) => startDenoFunction(name, { SUPABASE_URL: origin, ...env }, folder)));
      names.forEach((name, i) => functions.set(name, started[i]!));
    },
    call: (path, init) => fetch(`${origin}/functions/v1/${path}`, init),
    async stop() {
      await Promise.all([...functions.values()].map((running) => running.stop()));
      await server.close();
    },
  };
}
