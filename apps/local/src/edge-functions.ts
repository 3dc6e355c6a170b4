/** The edge functions of this process by name: the same handlers that Supabase runs in Deno. */
export type EdgeFunctions = Record<string, (request: Request) => Promise<Response>>;

export const edgeFunctions: EdgeFunctions = {};
