export type ReadBody =
  | { readonly ok: true; readonly bytes: Uint8Array }
  | { readonly ok: false; readonly code: "too_large" | "broken_off" };

/**
 * The whole request body, unless it is longer than `maxBytes` or the client went away.
 * A declared length is trusted to refuse early; without one the stream is counted.
 * @param incoming the same body as Node has it: as a web stream each megabyte is copied once more, and collected
 */
export async function readBody(request: Request, maxBytes: number, incoming?: AsyncIterable<Uint8Array>): Promise<ReadBody> {
  const declared = request.headers.get("content-length");
  if (declared !== null && Number(declared) > maxBytes) return { ok: false, code: "too_large" };
  try {
    const bytes = await readStream(incoming ?? (request.body as unknown as AsyncIterable<Uint8Array> | null), maxBytes);
    return bytes ? { ok: true, bytes } : { ok: false, code: "too_large" };
  } catch {
    return { ok: false, code: "broken_off" };
  }
}

async function readStream(body: AsyncIterable<Uint8Array> | null, maxBytes: number): Promise<Uint8Array | null> {
  if (!body) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.byteLength;
    if (length > maxBytes) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
