const STYLE = / style="([^"]*)"/g;
/** Not those that end an entity. */
const BETWEEN = /(?<!&[a-z0-9#]+);/;
const SIDES = ["top", "right", "bottom", "left"] as const;

/**
 * Inline styles without what they say twice: React Email writes each margin and padding as shorthand and as four sides,
 * for its components' defaults' sake. A seventh of a letter, and every byte is encoded, hashed, sent and kept 100 times a
 * dispatch.
 */
export function shortenStyles(html: string): string {
  return html.replace(STYLE, (_, style: string) => ` style="${shorten(style.split(BETWEEN)).join(";")}"`);
}

function shorten(declarations: string[]): string[] {
  const parsed = declarations.map((declaration) => {
    const colon = declaration.indexOf(":");
    return { declaration, property: declaration.slice(0, colon), value: declaration.slice(colon + 1) };
  });
  return parsed
    .filter(({ property, value }, at) => {
      const [shorthand, side] = splitProperty(property);
      if (side === null) return true;
      // What a shorthand behind it sets anew, or one before it has set so.
      if (parsed.slice(at).some((later) => later.property === shorthand)) return false;
      const before = parsed.slice(0, at).findLast((earlier) => earlier.property === shorthand);
      return before === undefined || sideOf(before.value, side) !== value;
    })
    .map(({ declaration }) => declaration);
}

function splitProperty(property: string): [string, (typeof SIDES)[number] | "line" | null] {
  const [, shorthand, side] = /^(margin|padding)-(top|right|bottom|left)$/.exec(property) ?? [];
  if (shorthand !== undefined) return [shorthand, side as (typeof SIDES)[number]];
  return property === "text-decoration-line" ? ["text-decoration", "line"] : [property, null];
}

/** `1px 2px 3px` has no left of its own: it is the right's. */
function sideOf(shorthand: string, side: (typeof SIDES)[number] | "line"): string | undefined {
  if (side === "line") return undefined;
  const [top, right = top, bottom = top, left = right] = shorthand.trim().split(/\s+/);
  return { top, right, bottom, left }[side];
}
