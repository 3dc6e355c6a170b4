/** Where to go after signing in: a page of this app, whatever the address bar asks for. */
export function safePath(wanted: string | undefined): string {
  if (!wanted?.startsWith("/") || !URL.canParse(wanted, "http://here.invalid")) return "/";
  const url = new URL(wanted, "http://here.invalid");
  return url.origin === "http://here.invalid" && url.pathname !== "/sign-in" ? url.pathname + url.search + url.hash : "/";
}
