import type { Context } from "hono";

/** Browsers say where a request comes from; another site's form must change nothing here. Command-line tools say nothing. */
export function isOwnPage(c: Context): boolean {
  return ["same-origin", "none", undefined].includes(c.req.header("sec-fetch-site"));
}
