/** Hands a request on to another server, under its path there, and the answer back as it is. */
export function forwardRequest(request: Request, url: string): Promise<Response> {
  const body = ["GET", "HEAD"].includes(request.method) ? {} : { body: request.body, duplex: "half" as const };
  return fetch(url, { method: request.method, headers: request.headers, redirect: "manual", ...body });
}
