import { Heading, Text } from "react-email";
import type { OverviewLetterView } from "../src/letter-view.ts";
import { LetterFrame } from "./letter-frame.tsx";
import { Overview } from "./overview.tsx";
import { overviewPreview } from "./preview-props.ts";
import { theme } from "./theme.ts";

const { light, text } = theme;

/** One letter a day. */
export default function DigestLetter(view: OverviewLetterView) {
  return (
    <LetterFrame view={view}>
      <Text className="soft" style={{ color: light.soft, fontSize: text.name, lineHeight: "22px", margin: 0 }}>
        {view.date}
      </Text>
      <Heading as="h1" className="ink" style={title}>
        {view.frame.heading}
      </Heading>
      <Text className="ink" style={{ color: light.ink, fontSize: text.body, lineHeight: "24px", margin: 0 }}>
        {view.summary}
      </Text>
      <Overview view={view} />
    </LetterFrame>
  );
}

DigestLetter.PreviewProps = overviewPreview;

const title = { color: light.ink, fontSize: text.title, fontWeight: 600, lineHeight: "30px", margin: "2px 0 6px" };
