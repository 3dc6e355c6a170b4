import { expect, test } from "vitest";
import { shortenStyles } from "./shorten-styles.ts";

const style = (text: string) => / style="([^"]*)"/.exec(shortenStyles(`<p style="${text}">`))![1];

test("sides that only repeat their shorthand go", () => {
  expect(style("margin:0;margin-top:0;margin-bottom:0;margin-left:0;margin-right:0")).toBe("margin:0");
  expect(style("margin:2px 0 20px;color:red;margin-top:2px;margin-right:0;margin-bottom:20px;margin-left:0")).toBe("margin:2px 0 20px;color:red");
  expect(style("padding:1px 2px 3px 4px;padding-left:4px")).toBe("padding:1px 2px 3px 4px");
});

test("a side that says something else stays, and so does one without a shorthand", () => {
  expect(style("margin:0 0 20px;margin-top:4px;margin-bottom:20px")).toBe("margin:0 0 20px;margin-top:4px");
  expect(style("padding-top:12px;margin-left:0")).toBe("padding-top:12px;margin-left:0");
});

test("what a later shorthand sets anew goes", () => {
  expect(style("text-decoration-line:none;text-decoration:underline")).toBe("text-decoration:underline");
  expect(style("margin-top:16px;margin:0")).toBe("margin:0");
});

test("a quote in a value is no end of a declaration", () => {
  expect(style("font-family:&quot;Segoe UI&quot;, Arial;margin:0;margin-top:0")).toBe("font-family:&quot;Segoe UI&quot;, Arial;margin:0");
});
