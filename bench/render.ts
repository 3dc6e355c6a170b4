import { createElement } from "react";
import { render as renderReact } from "react-email";
import { sampleFacts, sampleLetters } from "../packages/emails/samples/sample-facts.ts";
import type { LetterFacts } from "../packages/emails/src/letter-facts.ts";
import { createAppLinks } from "../packages/emails/src/letter-links.ts";
import { createLetterRenderer } from "../packages/emails/src/render-letter.ts";
import ConversationLetter from "../packages/emails/templates/conversation-letter.tsx";
import { conversationPreview } from "../packages/emails/templates/preview-props.ts";
import type { BenchServer } from "./bench-server.ts";
import { type Benchmark, timed, type Variant } from "./measure.ts";

const A_DISPATCH = 100;

/** Letters a second on one core: subject, HTML, text and headers of a whole dispatch; react-email renders the HTML alone. */
export async function renderBenchmark(_server: BenchServer, quick: boolean): Promise<Benchmark> {
  const letters = Array.from({ length: A_DISPATCH }, (_, number): LetterFacts => ({
    ...sampleLetters.conversation,
    email_id: `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`,
    recipient: { ...sampleLetters.conversation.recipient, email: `person${number}@example.com` },
  }));
  const dispatches = quick ? 2 : 200;
  const ours: Variant = {
    name: "ours, dispatches of 100",
    run: async () => rate(dispatches * A_DISPATCH, async () => {
      for (let dispatch = 0; dispatch < dispatches; dispatch += 1) letters.map(createLetterRenderer(sampleFacts, createAppLinks(sampleFacts.urls)));
    }),
  };
  const alone: Variant = {
    name: "ours, one by one",
    run: async () => rate(dispatches * 10, async () => {
      for (let i = 0; i < dispatches * 10; i += 1) createLetterRenderer(sampleFacts, createAppLinks(sampleFacts.urls))(letters[i % A_DISPATCH]!);
    }),
  };
  const count = quick ? 5 : 300;
  const peer: Variant = {
    name: "react-email",
    run: async () => rate(count, async () => {
      for (let i = 0; i < count; i += 1) await renderReact(createElement(ConversationLetter, conversationPreview));
    }),
  };
  return { name: "render", about: "Letters a second on one core.", units: { rate: "letters/s" }, variants: [ours, alone, peer], close: async () => {} };
}

async function rate(letters: number, work: () => Promise<void>): Promise<Record<string, number>> {
  return { rate: (letters / (await timed(work))) * 1000 };
}
