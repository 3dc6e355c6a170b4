import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("../", import.meta.url));

/** The worker as a single file for `node`, all packages inside: nothing to install, and 45 MB less than from its sources. */
export async function bundleWorker(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [`${root}apps/worker/src/main.ts`],
    bundle: true,
    format: "esm",
    target: "node20.19",
    platform: "node",
    write: false,
    charset: "utf8",
    legalComments: "none",
    // Packages in CommonJS ask for Node's modules by require().
    banner: { js: 'import { createRequire } from "node:module";\nconst require = createRequire(import.meta.url);' },
  });
  return outputFiles[0]!.text;
}
