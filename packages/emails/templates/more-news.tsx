import { Link, Text } from "react-email";
import { When } from "./slots.tsx";
import { theme } from "./theme.ts";

/** What the letter had no room for. */
export function MoreNews({ more, url }: { more: string | null; url: string }) {
  return (
    <When value={more}>
      {(words) => (
        <Text style={{ fontSize: theme.text.name, lineHeight: "24px", margin: "28px 0 0" }}>
          <Link href={url} className="accent" style={{ color: theme.light.accent, textDecoration: "underline" }}>
            {words}
          </Link>
        </Text>
      )}
    </When>
  );
}
