import { Heading, Text } from "react-email";
import type { OverviewLetterView } from "../src/letter-view.ts";
import { LetterFrame } from "./letter-frame.tsx";
import { Overview } from "./overview.tsx";
import { overviewPreview } from "./preview-props.ts";
import { theme } from "./theme.ts";

const { light, text } = theme;

/** Several events that became due together. */
export default function CombinedLetter(view: OverviewLetterView) {
  return (
    <LetterFrame view={view}>
      <Heading as="h1" className="ink" style={title}>
        {view.frame.heading}
      </Heading>
      <Text className="soft" style={{ color: light.soft, fontSize: text.body, lineHeight: "24px", margin: 0 }}>
        {view.summary}
      </Text>
      <Overview view={view} />
    </LetterFrame>
  );
}

CombinedLetter.PreviewProps = overviewPreview;

const title = { color: light.ink, fontSize: text.title, fontWeight: 600, lineHeight: "30px", margin: "0 0 4px" };
