import { Link, Text } from "react-email";
import type { MessageListView, MessageView } from "../src/letter-view.ts";
import { Panel } from "./panel.tsx";
import { messageListPreview } from "./preview-props.ts";
import { Each, When } from "./slots.tsx";
import { theme } from "./theme.ts";

const { light, text } = theme;

/** Who wrote what when. Rendered once for all letters that show the same messages to readers of one locale and zone. */
export default function MessageList({ days }: MessageListView) {
  return (
    <Each of={days} name="day">
      {(day) => (
        <>
          <Text className="soft" style={{ ...small, margin: "0 0 14px" }}>
            {day.label}
          </Text>
          <Each of={day.messages} name="message">
            {(message) => (
              <When value={message.mention} otherwise={<Message message={message} />}>
                {(mention) => <Mention message={message} label={mention} />}
              </When>
            )}
          </Each>
        </>
      )}
    </Each>
  );
}

MessageList.PreviewProps = messageListPreview;

function Message({ message }: { message: MessageView }) {
  return (
    <>
      <Byline message={message} label={null} />
      <MessageBody message={message} margin="2px 0 20px" />
    </>
  );
}

function Mention({ message, label }: { message: MessageView; label: string }) {
  return (
    <Panel className="tint" style={{ backgroundColor: light.tint, borderRadius: "8px", padding: "12px 14px" }} margin="0 0 20px">
      <Byline message={message} label={label} />
      <MessageBody message={message} margin="2px 0 0" />
    </Panel>
  );
}

function Byline({ message, label }: { message: MessageView; label: string | null }) {
  return (
    <Text className="soft" style={{ ...small, margin: 0 }}>
      <strong className="ink isolate" dir="auto" style={{ color: light.ink, fontSize: text.name, fontWeight: 600 }}>
        {message.author}
      </strong>
      {label === null ? null : <> {label}</>}
      {" \u00a0"}
      <Link href={message.url} className="soft quiet" style={{ color: light.soft, textDecoration: "none", whiteSpace: "nowrap" }}>
        {message.time}
      </Link>
      <When value={message.edited}>{(edited) => <> ({edited})</>}</When>
    </Text>
  );
}

function MessageBody({ message, margin }: { message: MessageView; margin: string }) {
  return (
    <Text
      className="ink body isolate"
      dir="auto"
      style={{ color: light.ink, fontSize: text.body, lineHeight: "25px", margin, overflowWrap: "anywhere", wordBreak: "break-word" }}
      dangerouslySetInnerHTML={{ __html: message.body }}
    />
  );
}

const small = { color: light.soft, fontSize: text.small, lineHeight: "22px" };
