import { expect, test } from "vitest";
import { splitText } from "./message-text.tsx";

const links = (body: string) => splitText(body).filter(({ kind }) => kind === "link").map(({ text }) => text);
const mentions = (body: string) => splitText(body).filter(({ kind }) => kind === "mention").map(({ text }) => text);

test("links are those with http and https, without the sentence's end", () => {
  expect(links("see https://example.com/a?b=c, and (http://example.org/x).")).toEqual(["https://example.com/a?b=c", "http://example.org/x"]);
});

test.each(["javascript:alert(1)", "data:text/html,<script>", "vbscript:x", "file:///etc/passwd", "//example.com", "https://", "http://["])("%s is no link", (text) => {
  expect(links(text)).toEqual([]);
});

test("mentions are those the database sees: not the @ of an e-mail address", () => {
  expect(mentions("@guest and @Speaker: mail ann@example.com, (@x_y), @everyone.")).toEqual(["@guest", "@Speaker", "@x_y", "@everyone"]);
});

test.each(["a @guest b https://example.com c", "@guest", "", "no parts", "@@guest", "x@y @z"])("nothing of “%s” is lost", (body) => {
  expect(splitText(body).map(({ text }) => text).join("")).toBe(body);
});
