import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { expect, test } from "vitest";
import { EDGE_FUNCTIONS, generatedFiles, importMap } from "./edge-functions.ts";

const root = fileURLToPath(new URL("../", import.meta.url));
const read = (file: string) => readFileSync(`${root}${file}`, "utf8");

test("every function's deno.json and section of config.toml is what the list says", () => {
  for (const [file, text] of generatedFiles()) expect(read(file), file).toBe(text);
  const folders = readdirSync(`${root}supabase/functions`).filter((name) => !name.startsWith("_"));
  expect(folders.sort()).toEqual([...EDGE_FUNCTIONS].sort());
});

test("no import is the beginning of another: Deno would take the shorter one", () => {
  const keys = Object.keys(importMap()).filter((key) => key.endsWith("/"));
  for (const key of keys) expect(keys.filter((other) => other !== key && other.startsWith(key))).toEqual([]);
});

test("entry points are 25 lines at most", () => {
  for (const name of EDGE_FUNCTIONS) {
    expect(read(`supabase/functions/${name}/index.ts`).trim().split("\n").length, name).toBeLessThanOrEqual(25);
  }
});

test("what the functions import is on the list, and everything on the list is imported: npm only, and no React", async () => {
  const map = importMap();
  const used = new Set<string>();
  for (const name of EDGE_FUNCTIONS) {
    const { metafile } = await build({
      entryPoints: [`${root}supabase/functions/${name}/index.ts`],
      absWorkingDir: root, bundle: true, format: "esm", platform: "neutral", write: false, metafile: true, logLevel: "silent",
      plugins: [{
        name: "packages are left out",
        setup({ onResolve }) {
          onResolve({ filter: /^[^./]/ }, ({ path, kind }) => {
            if (kind === "entry-point") return;
            const own = Object.entries(map).find(([key]) => key.endsWith("/") && path.startsWith(key));
            if (own) return { path: `${root}supabase/functions/${name}/${own[1]}${path.slice(own[0].length)}` };
            if (!path.startsWith("node:")) used.add(path);
            return { path, external: true };
          });
        },
      }],
    });
    expect(Object.keys(metafile.inputs).filter((input) => /\.tsx$|node_modules/.test(input)), name).toEqual([]);
  }
  expect([...used].sort()).toEqual(Object.keys(map).filter((key) => !key.endsWith("/")).sort());
  for (const target of Object.values(map)) expect(target).toMatch(/^(npm:|\.\.\/)/);
});
