import { Children, Fragment, type ReactNode } from "react";
import type { SafeHtml } from "../src/escape-html.ts";

/**
 * Templates are ordinary React components over a view. They can be rendered with real views (React
 * Email's preview server does) or with slots, which leave marks that the compiler turns into code.
 * What depends on the view therefore goes through these three components, never through `map`,
 * `&&` or a computed style.
 */

const OPEN = "\ue000";
const CLOSE = "\ue001";

/** Splits rendered HTML into literal text (even places) and instructions (odd places). */
export const MARK = new RegExp(`${OPEN}([^${CLOSE}]*)${CLOSE}`);

const mark = (instruction: string) => `${OPEN}${instruction}${CLOSE}`;

/** What a view is made of; the compiler cannot see types at run time. */
export type Shape<View> = {
  [Key in keyof View]: View[Key] extends readonly (infer Item)[]
    ? [Shape<Item>]
    : View[Key] extends SafeHtml
      ? "html"
      : View[Key] extends string
        ? "text"
        : null extends View[Key]
          ? "optional"
          : Shape<View[Key]>;
};

class OptionalSlot {
  readonly path: string;
  constructor(path: string) {
    this.path = path;
  }
}

class ListSlot {
  readonly path: string;
  readonly item: Shape<unknown>;
  constructor(path: string, item: Shape<unknown>) {
    this.path = path;
    this.item = item;
  }
}

/** A view whose values are marks: `path` is the expression that gives the real view in compiled code. */
export function createSlots<View>(shape: Shape<View>, path: string): View {
  const slots = Object.entries(shape).map(([key, kind]) => {
    const place = `${path}.${key}`;
    if (kind === "text" || kind === "html") return [key, mark(`${kind} ${place}`)];
    if (kind === "optional") return [key, new OptionalSlot(place)];
    if (Array.isArray(kind)) return [key, new ListSlot(place, kind[0])];
    return [key, createSlots(kind as Shape<unknown>, place)];
  });
  return Object.fromEntries(slots) as View;
}

/** Children once per item; `name` is what the compiled code calls an item. */
export function Each<Item>({ of, name, children }: { of: Item[]; name: string; children: (item: Item) => ReactNode }) {
  const list: unknown = of;
  if (!(list instanceof ListSlot)) return Children.toArray(of.map((item, at) => <Fragment key={at}>{children(item)}</Fragment>));
  return (
    <>
      {mark(`each ${list.path} ${name}`)}
      {children(createSlots(list.item as Shape<Item>, name))}
      {mark("end")}
    </>
  );
}

/** Children if there is a value, else `otherwise`. */
export function When({ value, children, otherwise }: { value: string | null; children: (value: string) => ReactNode; otherwise?: ReactNode }) {
  const option: unknown = value;
  if (!(option instanceof OptionalSlot)) return value === null ? otherwise : children(value);
  return (
    <>
      {mark(`when ${option.path}`)}
      {children(mark(`text ${option.path}`))}
      {otherwise === undefined ? null : (
        <>
          {mark("otherwise")}
          {otherwise}
        </>
      )}
      {mark("end")}
    </>
  );
}
