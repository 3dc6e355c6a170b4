import { bareAddress } from "../address.ts";
import { isFields } from "../parse-fields.ts";

/** Which of a send's e-mails name this bare address in `to`, `cc` or `bcc`; the body may be anything. */
export function placesOfAddress(body: Uint8Array, address: string): number[] {
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("utf8"));
  } catch {
    return [];
  }
  const items: readonly unknown[] = Array.isArray(json) ? json : [json];
  return items.flatMap((item, index) => (isFields(item) && names(item, address) ? [index] : []));
}

function names(item: Readonly<Record<string, unknown>>, address: string): boolean {
  const listed: readonly unknown[] = [item["to"], item["cc"], item["bcc"]].flat();
  return listed.some((to) => typeof to === "string" && bareAddress(to) === address);
}
