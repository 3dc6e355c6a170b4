// Sends one batch of letters, rendered once, again and again: what provider and sockets take when nothing is decided,
// composed or rendered.
import { randomUUID } from "node:crypto";
import { renderBody } from "../../packages/core/src/deliver-dispatch.ts";
import { createResendProvider } from "../../packages/core/src/resend-provider.ts";
import { sampleFacts, sampleLetters } from "../../packages/emails/samples/sample-facts.ts";
import { createAppLinks } from "../../packages/emails/src/letter-links.ts";
import { createLetterRenderer } from "../../packages/emails/src/render-letter.ts";

const A_DISPATCH = 100;
/** As many as a worker has under way. */
const IN_FLIGHT = 4;

const said = JSON.parse(process.env["SAID"]!) as string[];
const letters = Number(process.env["LETTERS"]);
const [eventId] = Object.keys(sampleFacts.events) as [string];
const messages = Object.fromEntries(said.slice(-10).map((body, i) => [String(i), { ...Object.values(sampleFacts.messages)[0]!, event_id: eventId, body }]));
const [part] = sampleLetters.conversation.parts;
const batch = renderBody({
  facts: { ...sampleFacts, messages },
  letters: Array.from({ length: A_DISPATCH }, (_, i) => ({
    ...sampleLetters.conversation,
    email_id: randomUUID(),
    recipient: { ...sampleLetters.conversation.recipient, email: `person${i}@example.com` },
    parts: [{ ...part!, event_id: eventId, count: said.length, shown: Object.keys(messages), mentions: [] }],
  })),
}, (facts) => createLetterRenderer(facts, createAppLinks(facts.urls)));
if (!batch.ok) throw new Error("The letters cannot be rendered.");
const { body } = batch;
const provider = createResendProvider({ apiKey: "re_bench", baseUrl: process.env["RESEND_BASE_URL"]!, fetch });

let left = letters / A_DISPATCH;
await Promise.all(Array.from({ length: IN_FLIGHT }, async () => {
  while ((left -= 1) >= 0) {
    const outcome = await provider.sendBatch(body, randomUUID(), A_DISPATCH);
    if (!outcome.ok) throw new Error(`Not accepted: ${outcome.reason}.`);
  }
}));
// Until it is stopped, as a worker.
setInterval(() => {}, 60_000);
process.once("SIGTERM", () => process.exit(0));
