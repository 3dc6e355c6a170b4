import type { CSSProperties, ReactNode } from "react";
import { Body, Container, Head, Html, Link, Text } from "react-email";
import type { LetterView } from "../src/letter-view.ts";
import { Isolated } from "./isolated.tsx";
import { Panel } from "./panel.tsx";
import { When } from "./slots.tsx";
import { styleSheet, theme } from "./theme.ts";

const { light, text } = theme;

/** What stands around every letter: head, preview line, card and footer. */
export function LetterFrame({ view, children }: { view: LetterView; children: ReactNode }) {
  return (
    <Html lang={view.frame.language} dir={view.frame.direction}>
      <Head>
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="supported-color-schemes" content="light dark" />
        <title>{view.subject}</title>
        <style dangerouslySetInnerHTML={{ __html: styleSheet }} />
      </Head>
      <Body lang={view.frame.language} dir={view.frame.direction} style={{ margin: 0, fontFamily: theme.font }}>
        <Preheader>{view.preheader}</Preheader>
        {/* Some clients drop html and body, and with them language and direction. */}
        <div role="main" lang={view.frame.language} dir={view.frame.direction}>
          <Panel className="outer page" style={{ backgroundColor: light.page, padding: "32px 16px" }}>
            <Container style={{ maxWidth: theme.width, width: "100%", margin: "0 auto" }}>
              <Panel className="card" style={{ backgroundColor: light.card, borderRadius: theme.radius, padding: "36px 40px 32px" }}>
                {children}
              </Panel>
              <Footer view={view} />
            </Container>
          </Panel>
        </div>
      </Body>
    </Html>
  );
}

/** Shown by mail clients in the list; the invisible tail keeps them from continuing with the letter itself. */
function Preheader({ children }: { children: string }) {
  return (
    <div aria-hidden="true" style={hiddenPreview}>
      {children}
      {"\u034f\u200c\u00a0".repeat(40)}
    </div>
  );
}

function Footer({ view }: { view: LetterView }) {
  return (
    <Panel className="footer" style={{ padding: "24px 40px 8px" }}>
      <Text className="soft" style={small}>
        <Link href={view.preferencesUrl} className="soft" style={link}>
          {view.frame.preferencesLabel}
        </Link>
        <When value={view.unsubscribeUrl}>
          {(url) => (
            <>
              {" · "}
              <Link href={url} className="soft" style={link}>
                {view.frame.unsubscribeLabel}
              </Link>
            </>
          )}
        </When>
      </Text>
      <Text className="soft" style={small}>
        {view.frame.replies} {view.frame.times} {view.sentTo}
      </Text>
      <Text className="soft" style={{ ...small, margin: 0 }}>
        <Isolated>{view.frame.sender}</Isolated>
        <br />
        <Isolated>{view.frame.postalAddress}</Isolated>
      </Text>
    </Panel>
  );
}

// Outlook for Windows reads mso-hide only, and React's types do not know it.
const hiddenPreview = { display: "none", msoHide: "all", overflow: "hidden", maxHeight: 0, maxWidth: 0, lineHeight: "1px" } as CSSProperties;
const small = { color: light.soft, fontSize: text.small, lineHeight: "20px", margin: "0 0 12px" };
const link = { color: light.soft, textDecoration: "underline" };
