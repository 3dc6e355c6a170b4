import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { importMap } from "./edge-functions.ts";

const root = fileURLToPath(new URL("../", import.meta.url));

/**
 * One edge function as a single file that needs nothing of this repository: our code bundled, packages as
 * `npm:name@version`. With `packages: "inside"` they are bundled too, which is what the platform makes of it.
 */
export async function bundleFunction(name: string, { packages = "outside" }: { packages?: "inside" | "outside" } = {}): Promise<string> {
  const map = importMap();
  const { outputFiles } = await build({
    entryPoints: [`${root}supabase/functions/${name}/index.ts`],
    bundle: true,
    format: "esm",
    target: "es2023",
    platform: "neutral",
    mainFields: ["module", "main"],
    conditions: ["import"],
    write: false,
    charset: "utf8",
    legalComments: "none",
    plugins: [
      {
        name: "import map",
        setup({ onResolve, resolve }) {
          onResolve({ filter: /^(node:)?(buffer|crypto|fs|net|os|perf_hooks|stream|tls)$/ }, ({ path }) => ({
            path: path.startsWith("node:") ? path : `node:${path}`,
            external: true,
          }));
          onResolve({ filter: /^[^./]/ }, async ({ path, kind, importer, pluginData }) => {
            if (kind === "entry-point" || pluginData === "resolving") return undefined;
            const own = Object.keys(map).find((key) => key.endsWith("/") && path.startsWith(key));
            if (own !== undefined) return { path: fileURLToPath(new URL(map[own]! + path.slice(own.length), new URL(`../supabase/functions/${name}/`, import.meta.url))) };
            if (packages === "outside") return map[path] === undefined ? { errors: [{ text: `${path} is not on the list of packages` }] } : { path: map[path], external: true };
            return resolve(path, { kind, importer, resolveDir: importer.slice(0, importer.lastIndexOf("/")), pluginData: "resolving" });
          });
        },
      },
    ],
  });
  return outputFiles[0]!.text;
}
