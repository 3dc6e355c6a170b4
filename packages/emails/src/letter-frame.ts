import { digestRhythm, type DigestRhythm } from "./digest-rhythm.ts";
import type { DispatchFacts, LetterFacts, LetterKind } from "./letter-facts.ts";
import { frameText, type FrameText } from "./letter-text.ts";
import type { FrameView } from "./letter-view.ts";
import type { Catalogue } from "./locales/catalogue.ts";
import type { Reader } from "./reader.ts";
import { cleanLine } from "./untrusted-text.ts";

/** What stands around the news, in both versions. */
export interface LetterFrame {
  /** Equal for frames that are equal, in letters of one dispatch. */
  key: string;
  view: FrameView;
  text: FrameText;
}

/** Frames by reader and kind of letter, each worked out once per dispatch. */
export function createLetterFrames(facts: DispatchFacts): (letter: LetterFacts, reader: Reader) => LetterFrame {
  const known = new Map<string, LetterFrame>();
  return ({ kind, digest }, reader) => {
    const rhythm = digestRhythm(digest);
    const key = `${kind} ${rhythm} ${reader.key}`;
    const cached = known.get(key);
    if (cached !== undefined) return cached;
    const view = frameView(facts, kind, rhythm, reader);
    const frame = { key, view, text: frameText(view) };
    known.set(key, frame);
    return frame;
  };
}

function frameView({ sender }: DispatchFacts, kind: LetterKind, rhythm: DigestRhythm, reader: Reader): FrameView {
  const words = reader.catalogue;
  return {
    language: words.language,
    direction: words.direction,
    heading: kind === "digest" ? words.digestHeading[rhythm] : words.combinedHeading,
    preferencesLabel: words.changePreferences,
    unsubscribeLabel: unsubscribeLabel(kind, words),
    replies: sender.replies_are_read ? words.repliesAreRead : words.repliesAreNotRead,
    times: words.timesAreIn(reader.timeZone.replaceAll("_", " ")),
    sender: cleanLine(sender.product_name, 80),
    postalAddress: cleanLine(sender.postal_address, 200),
  };
}

function unsubscribeLabel(kind: LetterKind, words: Catalogue): string {
  switch (kind) {
    case "conversation":
      return words.unsubscribeFromEvent;
    case "combined":
      return words.unsubscribeFromCombined;
    case "digest":
      return words.unsubscribeFromDigest;
  }
}
