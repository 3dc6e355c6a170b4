import type { ProviderEmail } from "./provider.ts";

/** A batch's body as it grows: a JSON array, in ASCII where that is not much longer. */
export interface JsonBody {
  /** All but the last of the HTML's pieces may be in other e-mails, too: `RenderedLetter.htmlPieces`. */
  add(email: Omit<ProviderEmail, "html">, htmlPieces: readonly string[]): void;
  end(): Uint8Array<ArrayBuffer>;
}

const encoder = new TextEncoder();
const WIDE = /[^\x00-\x7f]/g;

/**
 * JSON with what is not ASCII as escapes, unless that is much of it. A single "…" in a megabyte makes its decoding three
 * times slower for whoever reads it, and the string twice as wide.
 */
function toAscii(json: string): string {
  const wide = json.match(WIDE);
  if (wide === null || wide.length > json.length / 16) return json;
  return json.replace(WIDE, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/**
 * What letters share is escaped and encoded once: all above the footer of a conversation's 12 KB, for which JSON and
 * UTF-8 took twice as long as rendering. And never all letters in one string, which one such character would widen.
 */
export function createJsonBody(): JsonBody {
  const shared = new Map<string, Uint8Array>();
  const chunks: Uint8Array[] = [];
  let begin = "[";

  const inner = (piece: string) => toAscii(JSON.stringify(piece)).slice(1, -1);
  const encodeShared = (piece: string): Uint8Array => {
    const known = shared.get(piece);
    if (known !== undefined) return known;
    const encoded = encoder.encode(inner(piece));
    shared.set(piece, encoded);
    return encoded;
  };

  return {
    add(email, htmlPieces) {
      chunks.push(encoder.encode(`${begin}${toAscii(JSON.stringify(email)).slice(0, -1)},"html":"`));
      for (const piece of htmlPieces.slice(0, -1)) chunks.push(encodeShared(piece));
      chunks.push(encoder.encode(`${inner(htmlPieces.at(-1) ?? "")}"}`));
      begin = ",";
    },
    end() {
      chunks.push(encoder.encode(begin === "[" ? "[]" : "]"));
      const body = new Uint8Array(chunks.reduce((length, chunk) => length + chunk.length, 0));
      let at = 0;
      for (const chunk of chunks) {
        body.set(chunk, at);
        at += chunk.length;
      }
      return body;
    },
  };
}
