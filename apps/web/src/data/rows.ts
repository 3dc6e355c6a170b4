import * as v from "valibot";
import { Failure } from "./failure.ts";

/** A timestamp as the API writes it; Postgres' own notation with a blank instead of T and a short offset included. */
export const Time = v.pipe(
  v.string(),
  v.transform((text) => new Date(text.replace(" ", "T").replace(/([+-]\d{2})$/, "$1:00"))),
  v.date("is not a time"),
);

/** An id of a message: bigint in the database, a safe integer for some thousand years. */
export const MessageId = v.pipe(v.union([v.number(), v.pipe(v.string(), v.digits(), v.transform(Number))]), v.safeInteger());

/** Checks rows where they enter the app: what is inside needs no second look. */
export function parseRows<const Row extends v.GenericSchema>(row: Row, data: unknown): v.InferOutput<Row>[] {
  return parse(v.array(row), data);
}

export function parse<const Schema extends v.GenericSchema>(schema: Schema, data: unknown): v.InferOutput<Schema> {
  const parsed = v.safeParse(schema, data);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  throw new Failure({ code: "unexpected_answer", message: `The server's answer has another form: ${v.getDotPath(issue) ?? "it"}: ${issue.message}` });
}
