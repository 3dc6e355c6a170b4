import { parseAddress } from "./address.ts";
import { accepted, invalid, refused, type Answer } from "./answer.ts";
import { iso } from "./iso-time.ts";
import { pageOfList } from "./page-of-list.ts";
import { fieldsIn, stringsIn } from "./parse-fields.ts";
import type { Suppression, Suppressions } from "./suppressions.ts";

const MAX_BATCH = 100;

const notFound = () => refused(404, "not_found", "Suppression not found");
const missing = (field: string) => refused(422, "missing_required_field", `Missing \`${field}\` field.`);

/** Suppression as the API and the webhooks show it. */
export function suppressionOnTheWire({ id, email, origin, sourceId, createdAt }: Suppression) {
  return { id, email, origin, source_id: sourceId, created_at: iso(createdAt) };
}

/** `POST /suppressions`: `{email}`; an address that is listed already keeps its entry. */
export function addSuppression(list: Suppressions, body: Uint8Array): Answer {
  const email = fieldsIn(body)?.["email"];
  if (typeof email !== "string" || email === "") return missing("email");
  if (!parseAddress(email)) return invalid("Invalid `email` field.");
  return accepted({ object: "suppression", id: list.add(email, "manual").id });
}

/** `GET /suppressions`: newest first; `origin` filters, `limit`, `after` and `before` page. */
export function listSuppressions(list: Suppressions, query: URLSearchParams): Answer {
  const origin = query.get("origin");
  const entries = list.all().filter((entry) => origin === null || entry.origin === origin);
  return pageOfList(entries, query, suppressionOnTheWire);
}

/** `GET /suppressions/:id` by id or address. */
export function retrieveSuppression(list: Suppressions, idOrAddress: string): Answer {
  const entry = list.get(idOrAddress);
  return entry ? accepted({ object: "suppression", ...suppressionOnTheWire(entry) }) : notFound();
}

/** `DELETE /suppressions/:id` by id or address. */
export function removeSuppression(list: Suppressions, idOrAddress: string): Answer {
  const removed = list.remove(idOrAddress);
  return removed ? accepted({ object: "suppression", id: removed.id, deleted: true }) : notFound();
}

/** `POST /suppressions/batch/add`: `{emails}`, at most 100. */
export function addSuppressions(list: Suppressions, body: Uint8Array): Answer {
  const emails = stringsIn(fieldsIn(body)?.["emails"], MAX_BATCH);
  if (!emails) return invalid(`The \`emails\` field must be a list of 1 to ${MAX_BATCH} addresses.`);
  const wrong = emails.find((email) => !parseAddress(email));
  if (wrong !== undefined) return invalid("Invalid `emails` field.");
  return accepted({ data: emails.map((email) => ({ object: "suppression", id: list.add(email, "manual").id })) });
}

/** `POST /suppressions/batch/remove`: `{emails}` or `{ids}`, at most 100; unknown ones are left out of the answer. */
export function removeSuppressions(list: Suppressions, body: Uint8Array): Answer {
  const fields = fieldsIn(body);
  const entries = stringsIn(fields?.["emails"] ?? fields?.["ids"], MAX_BATCH);
  if (!entries) return invalid(`The \`emails\` or \`ids\` field must be a list of 1 to ${MAX_BATCH} entries.`);
  const removed = entries.map((entry) => list.remove(entry)).filter((entry) => entry !== undefined);
  return accepted({ data: removed.map(({ id }) => ({ object: "suppression", id, deleted: true })) });
}
