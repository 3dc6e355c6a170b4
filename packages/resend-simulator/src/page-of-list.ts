import { accepted, invalid, type Answer } from "./answer.ts";

/** A page of a short list: `limit` 1–100 (default 20), cursors `after` and `before` by id, in the order of `entries`. */
export function pageOfList<Entry extends { readonly id: string }>(
  entries: readonly Entry[],
  query: URLSearchParams,
  onTheWire: (entry: Entry) => object,
): Answer {
  const limit = query.has("limit") ? Number(query.get("limit")) : 20;
  if (!Number.isInteger(limit) || limit < 1 || limit > 100)
    return invalid("The pagination limit must be a number between 1 and 100.");
  const [after, before] = [query.get("after"), query.get("before")];
  if (after !== null && before !== null) return invalid("Only one of `after` and `before` can be used.");
  const cursor = after ?? before;
  const at = entries.findIndex(({ id }) => id === cursor);
  if (cursor !== null && at < 0) return invalid("The pagination cursor is not an ID of this list.");
  const end = before === null ? entries.length : at;
  const start = before === null ? at + 1 : Math.max(0, end - limit);
  const page = entries.slice(start, Math.min(end, start + limit));
  const hasMore = before === null ? start + limit < end : start > 0;
  return accepted({ object: "list", has_more: hasMore, data: page.map(onTheWire) });
}
