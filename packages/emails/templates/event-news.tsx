import { Button, Link, Text } from "react-email";
import type { EventView, NewsView } from "../src/letter-view.ts";
import { When } from "./slots.tsx";
import { theme } from "./theme.ts";

const { light, text } = theme;

/** The messages of one event, what was left out, and the way to the chat. */
export function EventNews({ news }: { news: NewsView }) {
  return (
    <>
      <div dangerouslySetInnerHTML={{ __html: news.messages }} />
      <When value={news.more}>
        {(more) => (
          <Text style={{ fontSize: text.name, lineHeight: "24px", margin: "0 0 20px" }}>
            <Link href={news.url} className="accent" style={{ color: light.accent, textDecoration: "underline" }}>
              {more}
            </Link>
          </Text>
        )}
      </When>
      <Button href={news.url} className="button" style={button}>
        {news.openLabel}
      </Button>
    </>
  );
}

/** Why the reader gets this, and how not to. */
export function EventReason({ event }: { event: EventView }) {
  return (
    <Text className="soft" style={{ color: light.soft, fontSize: text.small, lineHeight: "20px", margin: "16px 0 0" }}>
      {event.news.why}
      <br />
      <Link href={event.whyUrl} className="soft" style={link}>
        {event.news.whyLabel}
      </Link>
      {" · "}
      <Link href={event.muteUrl} className="soft" style={link}>
        {event.news.muteLabel}
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
