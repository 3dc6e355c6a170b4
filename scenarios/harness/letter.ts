import { type DefaultTreeAdapterTypes, parse } from "parse5";

type Node = DefaultTreeAdapterTypes.Node;
type Element = DefaultTreeAdapterTypes.Element;

/** A letter's HTML as a browser understands it. */
export interface ParsedLetter {
  /** All elements, in order. */
  elements: Element[];
  /** What stands in the letter as a message's text, line breaks as \n; undefined: it does not show the message. */
  messageText(messageId: string): string | undefined;
  /** Where links lead. */
  links: string[];
}

export function parseLetter(html: string): ParsedLetter {
  const elements = elementsIn(parse(html));
  const links = elements.filter(({ tagName }) => tagName === "a").map((link) => attribute(link, "href") ?? "");
  return {
    elements,
    links,
    messageText(messageId) {
      const at = elements.findIndex((element) => attribute(element, "href")?.endsWith(`#message-${messageId}`));
      if (at < 0) return undefined;
      const body = elements.slice(at).find((element) => attribute(element, "class")?.split(" ").includes("body"));
      return body === undefined ? undefined : textOf(body);
    },
  };
}

/** The text of the first `pre`: how the mailbox shows a letter's JSON. */
export function preformattedText(html: string): string {
  const found = elementsIn(parse(html)).find(({ tagName }) => tagName === "pre");
  if (found === undefined) throw new Error("There is no preformatted text on the page.");
  return textOf(found);
}

export function attribute(element: Element, name: string): string | undefined {
  return element.attrs.find((attr) => attr.name === name)?.value;
}

function elementsIn(node: Node): Element[] {
  const children = "childNodes" in node ? node.childNodes : [];
  return [...("tagName" in node ? [node] : []), ...children.flatMap(elementsIn)];
}

function textOf(node: Node): string {
  if (node.nodeName === "#text") return (node as DefaultTreeAdapterTypes.TextNode).value;
  if (node.nodeName === "br") return "\n";
  return "childNodes" in node ? node.childNodes.map(textOf).join("") : "";
}
