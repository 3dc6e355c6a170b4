import type { ProviderEmail } from "./provider.ts";

/** A batch's body as it grows: a JSON array, in ASCII where that is not much longer. */
export interface JsonBody {
  /** All but the last of the pieces may be in other e-mails, too: `RenderedLetter`. */
  add(email: Omit<ProviderEmail, "text" | "html">, pieces: { text: readonly string[]; html: readonly string[] }): void;
  end(): Uint8Array<ArrayBuffer>;
}

const encoder = new TextEncoder();
const WIDE = /[^\x00-\x7f]/g;
const FIRST_BYTES = 2 ** 18;

/**
 * JSON with what is not ASCII as escapes, unless that is much of it. A single "…" in a megabyte makes its decoding three
 * times slower for whoever reads it, and the string twice as wide.
 */
function toAscii(json: string): string {
  if ((json.match(WIDE)?.length ?? 0) > json.length / 16) return json;
  return json.replace(WIDE, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

const inner = (piece: string) => JSON.stringify(piece).slice(1, -1);

/**
 * What letters share is escaped and encoded once: all above the footer of a conversation's 12 KB, for which JSON and
 * UTF-8 took twice as long as rendering. And never all letters in one string, which one such character would widen.
 */
export function createJsonBody(): JsonBody {
  const shared = new Map<string, Uint8Array>();
  let bytes = new Uint8Array(FIRST_BYTES);
  let length = 0;
  let begin = "[";

  const makeRoom = (more: number) => {
    if (length + more <= bytes.length) return;
    const wider = new Uint8Array(Math.max(2 * bytes.length, length + more));
    wider.set(bytes.subarray(0, length));
    bytes = wider;
  };
  const write = (json: string) => {
    // No UTF-16 unit takes more than three bytes; escaped, where few are, all take less than one and a half each.
    makeRoom(json.length * 3);
    const { written } = encoder.encodeInto(json, bytes.subarray(length));
    // As many bytes as units: all of it is ASCII, which is cheaper to see here than to ask before.
    const ascii = written === json.length ? json : toAscii(json);
    length += ascii === json ? written : encoder.encodeInto(ascii, bytes.subarray(length)).written;
  };
  const writeShared = (piece: string) => {
    const known = shared.get(piece);
    if (known === undefined) {
      const from = length;
      write(inner(piece));
      shared.set(piece, bytes.slice(from, length));
      return;
    }
    makeRoom(known.length);
    bytes.set(known, length);
    length += known.length;
  };
  const writePieces = (pieces: readonly string[], after: string) => {
    for (const piece of pieces.slice(0, -1)) writeShared(piece);
    write(`${inner(pieces.at(-1) ?? "")}${after}`);
  };

  return {
    add(email, { text, html }) {
      write(`${begin}${JSON.stringify(email).slice(0, -1)},"text":"`);
      writePieces(text, '","html":"');
      writePieces(html, '"}');
      begin = ",";
    },
    end() {
      write(begin === "[" ? "[]" : "]");
      return bytes.slice(0, length);
    },
  };
}
