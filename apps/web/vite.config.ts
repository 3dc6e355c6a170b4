import react from "@vitejs/plugin-react";
import type { InlineConfig, Plugin } from "vite";

/** What index.html says about its deployment: `{{NAME}}` is filled in at build time where the variable is set, else by the server. */
const deployment: Plugin = {
  name: "deployment",
  transformIndexHtml: (html) => html.replace(/\{\{(VITE_\w+)\}\}/g, (blank, name: string) => process.env[name] ?? blank),
};

/** `npm run dev -w apps/web` with VITE_SUPABASE_URL, VITE_SUPABASE_KEY and VITE_SUPABASE_KIND=local works on a running local stack. */
export const webConfig: InlineConfig = {
  root: import.meta.dirname,
  plugins: [react(), deployment],
  // supabase-js brings its file storage along, 6 kB that the app never calls.
  resolve: { alias: { "@supabase/storage-js": new URL("src/data/no-storage.ts", import.meta.url).pathname } },
  build: {
    target: "es2022",
    // Says in the test which file belongs to the first load.
    manifest: "manifest.json",
    reportCompressedSize: false,
    // Nothing inlined as data: the Content-Security-Policy allows files only.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
};

export default webConfig;
