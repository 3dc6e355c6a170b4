/**
 * Usage: build.ts [folder]: builds the app into the folder (default apps/web/dist). With VITE_SUPABASE_URL,
 * VITE_SUPABASE_KEY and VITE_SUPABASE_KIND=hosted for one deployment; without, whoever serves index.html fills them in.
 */
import path from "node:path";
import { build } from "vite";
import { webConfig } from "../vite.config.ts";
import { compressFiles } from "./compress-files.ts";

const outDir = path.resolve(process.argv[2] ?? path.join(import.meta.dirname, "../dist"));
await build({
  ...webConfig,
  // Given, not found: finding it would write a temporary file beside it.
  configFile: false,
  logLevel: "warn",
  build: { ...webConfig.build, outDir, emptyOutDir: true },
});
await compressFiles(outDir);
