import { Heading, Hr, Text } from "react-email";
import type { ConversationLetterView } from "../src/letter-view.ts";
import { EventNews, EventReason } from "./event-news.tsx";
import { Isolated } from "./isolated.tsx";
import { LetterFrame } from "./letter-frame.tsx";
import { MoreNews } from "./more-news.tsx";
import { Note } from "./note.tsx";
import { conversationPreview } from "./preview-props.ts";
import { theme } from "./theme.ts";

const { light, text } = theme;

/** One event's conversation. */
export default function ConversationLetter(view: ConversationLetterView) {
  return (
    <LetterFrame view={view}>
      <Text className="soft" style={{ color: light.soft, fontSize: text.name, lineHeight: "22px", margin: 0 }}>
        <Isolated>{view.event.news.organization}</Isolated>
      </Text>
      <Heading as="h1" className="ink wrap" style={title}>
        <Isolated>{view.event.news.title}</Isolated>
      </Heading>
      <Text className="ink" style={{ color: light.ink, fontSize: text.body, lineHeight: "24px", margin: 0 }}>
        {view.event.news.summary}
      </Text>
      <Hr className="line" style={rule} />
      <Note margin="0 0 20px">{view.note}</Note>
      <EventNews news={view.event.news} />
      <MoreNews more={view.more} url={view.appUrl} />
      <Hr className="line" style={{ ...rule, margin: "32px 0 0" }} />
      <EventReason event={view.event} />
    </LetterFrame>
  );
}

ConversationLetter.PreviewProps = conversationPreview;

const title = { color: light.ink, fontSize: text.title, fontWeight: 600, lineHeight: "30px", margin: "2px 0 6px" };
const rule = { borderColor: light.line, borderTop: `1px solid ${light.line}`, margin: "22px 0 20px" };
