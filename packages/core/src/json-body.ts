import type { ProviderEmail } from "./provider.ts";

/** A batch's body as it grows: a JSON array, in ASCII where that is not much longer. */
export interface JsonBody {
  /** Pieces: the e-mail's own and what it shares with others in turn, beginning with its own, as in `RenderedLetter`. */
  add(email: Omit<ProviderEmail, "text" | "html">, pieces: { text: readonly string[]; html: readonly string[] }): void;
  end(): Uint8Array<ArrayBuffer>;
}

const encoder = new TextEncoder();
const WIDE = /[^\x00-\x7f]/g;
const FIRST_BYTES = 2 ** 18;

/**
 * Of bodies that nobody reads any more. A body of 1.4 MB counts as memory to collect: with a new one each time, and its
 * copy in fetch, V8 marked its whole heap after every eighth dispatch, a sixth of a worker's time.
 */
const free: Uint8Array<ArrayBuffer>[] = [];
/** As many as a worker has under way. */
const MOST_FREE = 12;
/** Twice a usual body's. A hundred long letters are 10 MB, which nobody keeps for the next hundred short ones. */
const MOST_BYTES = 2 ** 22;

/** Takes back the bytes of a body that nobody reads any more: they become another body. */
export function reuseBody(body: Uint8Array<ArrayBuffer>): void {
  if (free.length < MOST_FREE && body.buffer.byteLength <= MOST_BYTES) free.push(new Uint8Array(body.buffer));
}

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
 * What letters share is escaped and encoded once: all but a line or two of a conversation's 12 KB. And never all letters
 * in one string, which one wide character would widen.
 */
export function createJsonBody(): JsonBody {
  const shared = new Map<string, Uint8Array>();
  let bytes = free.pop() ?? new Uint8Array(FIRST_BYTES);
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
  const writePieces = (pieces: readonly string[]) => {
    for (let at = 0; at < pieces.length; at += 1) {
      const piece = pieces[at]!;
      if (at % 2 === 1) writeShared(piece);
      else if (piece !== "") write(inner(piece));
    }
  };

  return {
    add(email, { text, html }) {
      write(`${begin}${JSON.stringify(email).slice(0, -1)},"text":"`);
      writePieces(text);
      write('","html":"');
      writePieces(html);
      write('"}');
      begin = ",";
    },
    end() {
      write(begin === "[" ? "[]" : "]");
      return bytes.subarray(0, length);
    },
  };
}
