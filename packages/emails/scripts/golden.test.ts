import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { goldenFiles } from "./golden.ts";

const folder = new URL("../golden/", import.meta.url);
const files = goldenFiles();

test.each(Object.entries(files))("%s is as it was read and approved (npm run golden -w packages/emails writes it)", (name, content) => {
  expect(content).toBe(readFileSync(new URL(name, folder), "utf8"));
});

test("there is no golden file of a letter that is gone", () => {
  expect(readdirSync(folder).sort()).toEqual(Object.keys(files).sort());
});
