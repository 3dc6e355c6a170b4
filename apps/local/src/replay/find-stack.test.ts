import { expect, it } from "vitest";
import { type FindStackDeps, findStack } from "./find-stack.ts";

const localEnv = [
  "# Written at each start of the local stack.",
  "SUPABASE_URL=http://localhost:3000",
  "SUPABASE_ANON_KEY=sb_publishable_x",
  "DATABASE_URL='postgresql://postgres:a&b@127.0.0.1:5432/postgres'",
  "RESEND_BASE_URL=http://localhost:3000/resend",
  "RESEND_API_KEY=re_x",
].join("\n");

function deps(parts: Partial<FindStackDeps> & { files?: Record<string, string> } = {}): FindStackDeps {
  return {
    env: {},
    workingDirectory: "/project",
    readFile: async (file) => (parts.files ?? { "/project/.data/local.env": localEnv })[file],
    fetch: async () => new Response("[]"),
    ...parts,
  };
}

it("reads the local stack's own file", async () => {
  expect(await findStack(deps())).toEqual({
    ok: true,
    stack: {
      supabaseUrl: "http://localhost:3000",
      anonKey: "sb_publishable_x",
      databaseUrl: "postgresql://postgres:a&b@127.0.0.1:5432/postgres",
      resendBaseUrl: "http://localhost:3000/resend",
      resendApiKey: "re_x",
    },
  });
});

it("looks in DATA_DIR, and says how to start one where there is none", async () => {
  expect(await findStack(deps({ env: { DATA_DIR: "elsewhere" } }))).toEqual({
    ok: false,
    message: "There is no local stack at /project/elsewhere: start one with npm start (without RESEND_API_KEY), then replay again.",
  });
});

it("takes the environment's word over the file's, but not half of it", async () => {
  const env = { SUPABASE_URL: "http://stack.test/", SUPABASE_ANON_KEY: "k", DATABASE_URL: "postgresql://db", RESEND_BASE_URL: "http://mail.test" };
  expect(await findStack(deps({ env }))).toMatchObject({ ok: true, stack: { supabaseUrl: "http://stack.test", resendApiKey: "re_replay" } });
  expect(await findStack(deps({ env: { SUPABASE_URL: "http://stack.test" } }))).toMatchObject({
    ok: false,
    message: expect.stringMatching(/^SUPABASE_URL is set, but/),
  });
});

it("says so when the stack has been stopped", async () => {
  const refuse = () => Promise.reject(new TypeError("fetch failed"));
  expect(await findStack(deps({ fetch: refuse }))).toMatchObject({ ok: false, message: expect.stringMatching(/^Nothing answers at/) });
});

it("never replays into real Resend", async () => {
  const files = { "/project/.data/local.env": localEnv.replace("http://localhost:3000/resend", "https://api.resend.com") };
  expect(await findStack(deps({ files }))).toMatchObject({ ok: false, message: expect.stringMatching(/^This stack mails through Resend/) });
});
