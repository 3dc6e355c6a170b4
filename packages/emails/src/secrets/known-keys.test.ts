import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { findKnownKeys, KNOWN_KEYS } from "./known-keys.ts";

const sample = JSON.parse(readFileSync(new URL("../../redaction-sample/keys.json", import.meta.url), "utf8")) as { parts: string[]; context?: string }[];
const keys = sample.map(({ parts, context = "{}" }) => context.replace("{}", () => parts.join("")));

test.each(KNOWN_KEYS)("the sample has a key of the kind %s", (pattern) => {
  const kind = new RegExp(`(?<![A-Za-z0-9])(?:${pattern})`);
  expect(keys.some((key) => kind.test(key))).toBe(true);
});

test("a word that only begins like a key is none", () => {
  expect(findKnownKeys("re_start sk-learn-is-a-library-for-python key-value AKIA glpat- npm_config_registry ghp_")).toEqual([]);
});
