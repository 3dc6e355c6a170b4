import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["packages/**", "apps/**", "supabase/**", "scenarios/**", "scripts/**", "bench/**"].map((folder) => `${folder}/*.test.{ts,tsx}`),
    exclude: ["**/node_modules/**", "**/dist/**"],
    globalSetup: "supabase/tests/harness/global-setup.ts",
    // Postgres works beside each of them; more only makes tests wait for one another.
    maxWorkers: 2,
    // Tests share nothing but the cluster; loading the modules anew for each file took a second of processor time.
    isolate: false,
    // A bound for what hangs; on a busy machine honest tests take minutes.
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
