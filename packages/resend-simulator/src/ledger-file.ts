import { closeSync, fstatSync, ftruncateSync, openSync, readSync, writeFileSync } from "node:fs";
import type { SendEndpoint } from "./call.ts";
import type { Bounce, FateName, LetterEvent } from "./fate.ts";
import type { Suppression } from "./suppressions.ts";
import type { WireEmail } from "./wire-email.ts";

/** One accepted e-mail; without a fate it is delivered to everybody in `to`. */
export interface RecordedEmail {
  readonly id: string;
  readonly index: number;
  readonly bytes: number;
  readonly about?: string | null;
  readonly fate?: FateName;
  readonly bounce?: Bounce | undefined;
  readonly wire: WireEmail;
}

export interface RecordedRequest {
  readonly endpoint: SendEndpoint;
  readonly key: string | null;
  readonly bodyHash: string | null;
  readonly acceptedAt: number;
  readonly size: number;
  /** The body of the answer, for replays. */
  readonly answer: string;
  readonly emails: readonly RecordedEmail[];
}

/** One line of the file: something that happened. */
export type LedgerEntry =
  | { readonly request: RecordedRequest }
  | { readonly happened: { readonly email: string; readonly event: LetterEvent } }
  | { readonly suppressed: Suppression }
  | { readonly unsuppressed: string }
  | { readonly webhookDelivered: string }
  | { readonly reset: true };

export interface LedgerFile {
  /** What earlier runs wrote, oldest first. Throws a SyntaxError that names the line when the file is something else. */
  entries(): Iterable<LedgerEntry>;
  /** Writes before it returns. A killed process loses nothing; a machine without power may lose the last moments. */
  append(entry: LedgerEntry): void;
  close(): void;
}

const CHUNK_BYTES = 8 * 1024 * 1024;
const NEW_LINE = 10;

/** An append-only file of JSON lines, made when it is missing; only one process may have it open. Throws as `fs.openSync`. */
export function openLedgerFile(path: string): LedgerFile {
  const file = openSync(path, "a+");
  return {
    entries: () => readEntries(file, path),
    append(entry) {
      const { size } = fstatSync(file);
      try {
        writeFileSync(file, `${JSON.stringify(entry)}\n`);
      } catch (error) {
        // Half a line would spoil the next one.
        ftruncateSync(file, size);
        throw error;
      }
    },
    close: () => closeSync(file),
  };
}

function* readEntries(file: number, path: string): Generator<LedgerEntry> {
  const chunk = Buffer.alloc(CHUNK_BYTES);
  let rest = Buffer.alloc(0);
  let position = 0;
  let line = 0;
  for (;;) {
    const length = readSync(file, chunk, 0, CHUNK_BYTES, position);
    if (length === 0) break;
    position += length;
    rest = Buffer.concat([rest, chunk.subarray(0, length)]);
    let start = 0;
    for (let end = rest.indexOf(NEW_LINE); end >= 0; end = rest.indexOf(NEW_LINE, start)) {
      line += 1;
      yield parseEntry(rest.toString("utf8", start, end), path, line);
      start = end + 1;
    }
    rest = rest.subarray(start);
  }
  // A line without its end was being written when the process was killed: nobody was ever answered.
  if (rest.length > 0) ftruncateSync(file, position - rest.length);
}

function parseEntry(text: string, path: string, line: number): LedgerEntry {
  try {
    const entry: unknown = JSON.parse(text);
    if (typeof entry === "object" && entry !== null && !Array.isArray(entry)) return entry as LedgerEntry;
  } catch {
    // Said below.
  }
  throw new SyntaxError(`Line ${line} of ${path} is not a ledger entry`);
}
