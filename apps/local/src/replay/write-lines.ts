import type { Cast, CastMember } from "./cast-people.ts";
import type { Speaker } from "./gather-people.ts";
import { mentionAddressed } from "./mention-addressed.ts";
import type { Utterance } from "./parse-conversation.ts";
import type { Line } from "./post-conversation.ts";

/** What is to be posted by whom: each utterance by the person who speaks for its nick, addressed nicks as mentions. */
export function writeLines(conversation: readonly Utterance[], cast: Cast, speakers: ReadonlyMap<CastMember, Speaker>): Line[] {
  const speakerOf = (nick: string) => {
    const person = cast.of(nick);
    return person === undefined ? undefined : speakers.get(person);
  };
  return conversation.map(({ minute, nick, text }) => ({
    minute,
    author: speakerOf(nick)!,
    body: mentionAddressed(text, (addressed) => speakerOf(addressed)?.handle),
  }));
}
