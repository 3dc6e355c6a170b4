import { Heading, Hr, Text } from "react-email";
import type { ConversationLetterView, DayView } from "../../packages/emails/src/letter-view.ts";
import { EventNews, EventReason } from "../../packages/emails/templates/event-news.tsx";
import { LetterFrame } from "../../packages/emails/templates/letter-frame.tsx";
import MessageList from "../../packages/emails/templates/message-list.tsx";
import { theme } from "../../packages/emails/templates/theme.ts";

const { light, text } = theme;

/** Our conversation letter as a user of react-email would write it: one component, messages and all. */
export function Conversation({ view, days }: { view: ConversationLetterView; days: DayView[] }) {
  const { news } = view.event;
  return (
    <LetterFrame view={view}>
      <Text className="soft" style={{ color: light.soft, fontSize: text.name, lineHeight: "22px", margin: 0 }}>{news.organization}</Text>
      <Heading as="h1" className="ink wrap" style={{ color: light.ink, fontSize: text.title, fontWeight: 600, lineHeight: "30px", margin: "2px 0 6px" }}>{news.title}</Heading>
      <Text className="ink" style={{ color: light.ink, fontSize: text.body, lineHeight: "24px", margin: 0 }}>{news.summary}</Text>
      <Hr className="line" style={{ borderColor: light.line, borderTop: `1px solid ${light.line}`, margin: "22px 0 20px" }} />
      <MessageList days={days} />
      <EventNews news={news} />
      <Hr className="line" style={{ borderColor: light.line, borderTop: `1px solid ${light.line}`, margin: "32px 0 0" }} />
      <EventReason event={view.event} />
    </LetterFrame>
  );
}
