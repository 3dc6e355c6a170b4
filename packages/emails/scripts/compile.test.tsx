import { JSDOM } from "jsdom";
import type { ReactNode } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import { renderCombinedLetter } from "../src/compiled/combined-letter.ts";
import { renderConversationLetter } from "../src/compiled/conversation-letter.ts";
import { renderDigestLetter } from "../src/compiled/digest-letter.ts";
import { renderMessageList } from "../src/compiled/message-list.ts";
import CombinedLetter from "../templates/combined-letter.tsx";
import ConversationLetter from "../templates/conversation-letter.tsx";
import DigestLetter from "../templates/digest-letter.tsx";
import MessageList from "../templates/message-list.tsx";
import { theme } from "../templates/theme.ts";
import { createSlots, Each, When } from "../templates/slots.tsx";
import { compileTemplate } from "./compile-template.ts";
import { outdatedTemplates } from "./compile.ts";
import { renderSamples } from "./render-samples.ts";

test("the compiled templates are what the React sources give", () => {
  expect(outdatedTemplates()).toEqual([]);
});

const { PreviewProps: conversation } = ConversationLetter;
const { PreviewProps: overview } = CombinedLetter;
const { PreviewProps: list } = MessageList;
const mutedOverview = { ...overview, unsubscribeUrl: null, note: null, more: null, events: [] };

test.each<[string, ReactNode, string]>([
  ["a conversation", <ConversationLetter {...conversation} />, renderConversationLetter(conversation).join("")],
  ["a conversation with everything", <ConversationLetter {...conversation} more="m" unsubscribeUrl="u" />, renderConversationLetter({ ...conversation, more: "m", unsubscribeUrl: "u" }).join("")],
  ["a combined letter", <CombinedLetter {...overview} />, renderCombinedLetter(overview).join("")],
  ["a digest", <DigestLetter {...overview} />, renderDigestLetter(overview).join("")],
  ["a digest without anything optional", <DigestLetter {...mutedOverview} />, renderDigestLetter(mutedOverview).join("")],
  ["a message list", <MessageList {...list} />, renderMessageList(list)],
])("compiled code and React render %s alike", (_, tree, compiled) => {
  expect(plain(compiled)).toBe(plain(renderToStaticMarkup(tree)));
});

/** The two spell characters differently where HTML allows it, and the compiled one leaves out what styles say twice. */
function plain(html: string): string {
  const { document } = new JSDOM(html).window;
  for (const element of document.querySelectorAll<HTMLElement>("[style]")) element.setAttribute("style", meaning(element));
  return document.documentElement.outerHTML;
}

/** What a style comes to, side by side. */
function meaning({ style, attributes }: HTMLElement): string {
  const written = attributes.getNamedItem("style")!.value.split(";");
  const others = written.filter((declaration) => !/^(margin|padding)\b|^text-decoration-line:/.test(declaration));
  const sides = ["margin", "padding"].flatMap((box) =>
    ["top", "right", "bottom", "left"].map((side) => `${box}-${side}:${style.getPropertyValue(`${box}-${side}`)}`));
  return [...others, ...sides].join(";");
}

test("links in messages have the theme's colour, which is written in the renderer too", () => {
  const { html } = renderSamples()["conversation"]!;
  expect(html).toMatch(new RegExp(`style="color:${theme.light.accent};text-decoration:underline">https://chat\\.example\\.com/files`));
});

test("a template whose mark is swallowed does not compile", () => {
  const { items } = createSlots<{ items: { name: string }[] }>({ items: [{ name: "text" }] }, "view");
  const tree = (
    <Each of={items} name="item">
      {(item) => <p title={item.name} />}
    </Each>
  );
  const source = { name: "x", view: "X", tree, document: false };
  expect(compileTemplate(source)).toContain("for (const item of view.items) {");
  const broken = <p>{"\ue000each view.items item\ue001"}</p>;
  expect(() => compileTemplate({ ...source, tree: broken })).toThrow("Unclosed each");
});

test("text that looks like code stays text in the compiled source", () => {
  const { name } = createSlots<{ name: string | null }>({ name: "optional" }, "view");
  const tree = <When value={name}>{(value) => <p>{"`${process.exit()}` \\ "}{value}</p>}</When>;
  expect(compileTemplate({ name: "x", view: "X", tree, document: false })).toContain(
    "html += `<p>\\`\\${process.exit()}\\` \\\\ ${escapeHtml(view.name)}</p>`;",
  );
});
