import type { DispatchFacts, LetterFacts } from "../src/letter-facts.ts";
import { sampleFacts, sampleLetters } from "./sample-facts.ts";

/** What people can type into titles, names and messages to break a letter. */

const event = "5b0e6c1e-0f3a-4a55-9a1e-3c8f5d0b7a66";

const bodies = [
  `<script>alert("1")</script><img src=x onerror=alert(2)> & <b>bold</b>`,
  `javascript:alert(1) JaVaScRiPt:alert(2) data:text/html,<b>x</b> file:///etc/passwd mailto:a@b.example`,
  `https://bank.example@evil.example/login and https://ok.example/a?b="><script>alert(3)</script>&c='d'`,
  "\u202egnp.exe\u202c \u2066isolated\u2069 \u0000\u0007\u001b[31mred\u0085next line\u2028and another",
  "lone \ud800 and \udc00 surrogates, 👩‍👩‍👧‍👦 family, z\u0351\u034b\u0324\u0324algo",
  `${"x".repeat(400)} ${"https://ok.example/".padEnd(400, "y")}`,
  Array.from({ length: 40 }, (_, line) => `line ${line}`).join("\n"),
  "   \u200b\n\n\n\n   ",
];

export const hostileFacts: DispatchFacts = {
  ...sampleFacts,
  sender: { ...sampleFacts.sender, product_name: "Event <Chat>", postal_address: "Line 1\r\nBcc: x@evil.example" },
  events: {
    [event]: {
      title: `"><script>alert('t')</script>\r\nBcc: everyone@evil.example \u202e ${"very ".repeat(40)}long`,
      organization_name: `<img src=x> & "Sons"`,
    },
  },
  messages: Object.fromEntries(
    bodies.map((body, at) => [
      String(900 + at),
      {
        event_id: event,
        author_name: at % 2 === 0 ? `<b onclick="x">Mallory\r\nX-Evil: 1</b>` : "https://evil.example/\u202eolla",
        body,
        posted_at: `2026-11-09T15:0${at}:00Z`,
        edited: false,
      },
    ]),
  ),
};

export const hostileLetter: LetterFacts = {
  ...sampleLetters.conversation,
  recipient: {
    ...sampleLetters.conversation.recipient,
    email: `"<x>"@example.com`,
    locale: "not a locale",
    time_zone: "Mars/Olympus",
    content_mode: "full",
  },
  parts: [
    {
      event_id: event,
      count: bodies.length,
      shown: Object.keys(hostileFacts.messages),
      mentions: ["901"],
      reason: "mention",
    },
  ],
};
