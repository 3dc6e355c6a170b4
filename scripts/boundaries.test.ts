import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Import statements of a folder's sources, tests left out: specifier, and whether only types come from it. */
function importsOf(folder: string) {
  const files = readdirSync(`${root}${folder}`, { recursive: true, encoding: "utf8" })
    .filter((file) => /\.tsx?$/.test(file) && !/\.test\.tsx?$|testing\//.test(file))
    .map((file) => `${folder}/${file}`);
  expect(files.length).toBeGreaterThan(0);
  return files.flatMap((file) =>
    [...readFileSync(`${root}${file}`, "utf8").matchAll(/^(?:import|export)\s+(type\s)?[^;"']*?from\s+["']([^"']+)["']|^import\s+["']([^"']+)["']/gm)].map(
      ([, typeOnly, specifier, bare]) => ({ file, specifier: (specifier ?? bare)!, typeOnly: typeOnly !== undefined }),
    ),
  );
}

const outside = (imports: ReturnType<typeof importsOf>) => imports.filter(({ specifier }) => !specifier.startsWith("."));

test("packages/core runs anywhere: no platform, no driver, no renderer, only types of them", () => {
  // Node, Deno and the edge runtime have these two alike; Web Crypto signs asynchronously only, and rendering is not.
  const allowed = new Set(["valibot", "standardwebhooks", "node:crypto", "node:buffer"]);
  for (const { file, specifier, typeOnly } of outside(importsOf("packages/core/src"))) {
    if (!allowed.has(specifier)) expect({ file, specifier, typeOnly }).toEqual({ file, specifier, typeOnly: true });
  }
});

test("packages/emails renders without React and without a platform", () => {
  for (const { file, specifier } of outside(importsOf("packages/emails/src"))) {
    expect(specifier, file).not.toMatch(/^react|^@react-email|^node:/);
  }
});

test("packages reach each other by name, never into each other's folders", () => {
  for (const name of ["core", "emails", "resend-simulator"]) {
    for (const { file, specifier } of importsOf(`packages/${name}/src`)) {
      expect(specifier, file).not.toMatch(/^(\.\.\/)+(packages\/)?(core|emails|resend-simulator|apps)\//);
    }
  }
});

test("the simulator knows nothing of the system it stands in for", () => {
  for (const { file, specifier } of outside(importsOf("packages/resend-simulator/src"))) {
    expect(specifier, file).not.toMatch(/^@chat-notifications\//);
  }
});

test("the web app's features do not reach into each other, and what they share does not reach into them", () => {
  for (const { file, specifier } of importsOf("apps/web/src").filter(({ specifier }) => specifier.startsWith("."))) {
    const target = path.posix.join(path.posix.dirname(file), specifier);
    const feature = /^apps\/web\/src\/features\/([^/]+)\//;
    const [, to] = feature.exec(target) ?? [];
    const [, from] = feature.exec(file) ?? [];
    if (to !== undefined) expect({ file, specifier, from }).toEqual({ file, specifier, from: to });
  }
});
