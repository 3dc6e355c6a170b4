import { Button, Link, Text } from "react-email";
import type { EventView } from "../src/letter-view.ts";
import { When } from "./slots.tsx";
import { theme } from "./theme.ts";

const { light, text } = theme;

/** The messages of one event, what was left out, and the way to the chat. */
export function EventNews({ event }: { event: EventView }) {
  return (
    <>
      <div dangerouslySetInnerHTML={{ __html: event.messages }} />
      <When value={event.more}>
        {(more) => (
          <Text style={{ fontSize: text.name, lineHeight: "24px", margin: "0 0 20px" }}>
            <Link href={event.url} className="accent" style={{ color: light.accent, textDecoration: "underline" }}>
              {more}
            </Link>
          </Text>
        )}
      </When>
      <Button href={event.url} className="button" style={button}>
        {event.openLabel}
      </Button>
    </>
  );
}

/** Why the reader gets this, and how not to. */
export function EventReason({ event }: { event: EventView }) {
  return (
    <Text className="soft" style={{ color: light.soft, fontSize: text.small, lineHeight: "20px", margin: "16px 0 0" }}>
      {event.why}
      <br />
      <Link href={event.whyUrl} className="soft" style={link}>
        {event.whyLabel}
      </Link>
      {" · "}
      <Link href={event.muteUrl} className="soft" style={link}>
        {event.muteLabel}
      </Link>
    </Text>
  );
}

const link = { color: light.soft, textDecoration: "underline" };
const button = {
  backgroundColor: light.accent,
  borderRadius: "8px",
  color: light.onAccent,
  fontSize: text.name,
  fontWeight: 600,
  padding: "12px 22px",
};
