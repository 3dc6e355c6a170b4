import { Heading, Hr, Link, Text } from "react-email";
import type { EventView, OverviewLetterView } from "../src/letter-view.ts";
import { EventNews, EventReason } from "./event-news.tsx";
import { Isolated } from "./isolated.tsx";
import { MoreNews } from "./more-news.tsx";
import { Note } from "./note.tsx";
import { Each } from "./slots.tsx";
import { theme } from "./theme.ts";

const { light, text } = theme;

/** News of several events, newest event first. */
export function Overview({ view }: { view: OverviewLetterView }) {
  return (
    <>
      <Note margin="4px 0 0">{view.note}</Note>
      <Each of={view.events} name="event">
        {(event) => <EventSection event={event} />}
      </Each>
      <MoreNews more={view.more} url={view.appUrl} />
    </>
  );
}

function EventSection({ event }: { event: EventView }) {
  return (
    <>
      <Hr className="line" style={{ borderColor: light.line, borderTop: `1px solid ${light.line}`, margin: "28px 0 24px" }} />
      <Heading as="h2" className="ink wrap" style={heading}>
        <Link href={event.news.url} className="ink quiet" style={{ color: light.ink, textDecoration: "none" }}>
          <Isolated>{event.news.title}</Isolated>
        </Link>
      </Heading>
      <Text className="soft" style={{ color: light.soft, fontSize: text.small, lineHeight: "20px", margin: "2px 0 18px" }}>
        <Isolated>{event.news.organization}</Isolated>
        {" · "}
        {event.news.brief}
      </Text>
      <EventNews news={event.news} />
      <EventReason event={event} />
    </>
  );
}

const heading = { fontSize: text.heading, fontWeight: 600, lineHeight: "26px", margin: 0 };
