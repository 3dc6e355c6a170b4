import { chown, mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createClient } from "@supabase/supabase-js";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import ws from "ws";
import { DEMO_PASSWORD, DEMO_PEOPLE } from "./demo-people.ts";
import { findFreePort } from "./free-port.ts";
import { identifyProcess } from "./process-identity.ts";
import { runCommand } from "./run-command.ts";
import { type SpawnedStack, spawnStack } from "./spawned-stack.ts";

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "local-stack-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What a person sees of a start that failed: the sentence, and no stack trace. */
async function expectRefusal(env: { DATA_DIR: string; [name: string]: string }, sentence: RegExp): Promise<void> {
  const { code, output } = await spawnStack(env).ended;
  expect(output.trim()).toMatch(sentence);
  expect(output.trim().split("\n")).toHaveLength(1);
  expect(code).toBe(1);
}

async function query<T>(url: string, statement: string): Promise<T[]> {
  const sql = postgres(url, { max: 1, onnotice() {} });
  try {
    return [...((await sql.unsafe(statement)) as unknown as T[])];
  } finally {
    await sql.end();
  }
}

describe("npm start", () => {
  let dataDir: string;
  let stack: SpawnedStack;
  let env: Record<string, string>;

  beforeAll(async () => {
    dataDir = path.join(folder, "demo");
    stack = spawnStack({ DATA_DIR: dataDir, BATCH_WINDOW_SECONDS: "0" });
    env = await stack.ready;
  });
  afterAll(() => stack.stop());

  const client = (key = env.SUPABASE_ANON_KEY!) =>
    createClient(env.SUPABASE_URL!, key, { realtime: { transport: ws as never }, auth: { persistSession: false } });

  test("writes keys that only the owner may read, and they work", async () => {
    expect(Object.keys(env)).toEqual([
      "SUPABASE_URL", "SUPABASE_ANON_KEY", "SUPABASE_SERVICE_ROLE_KEY", "DATABASE_URL", "RESEND_BASE_URL", "RESEND_API_KEY",
    ]);
    expect(env.SUPABASE_ANON_KEY).toMatch(/^sb_publishable_/);
    expect(env.SUPABASE_SERVICE_ROLE_KEY).toMatch(/^sb_secret_/);
    for (const file of ["local.env", "secrets.json"]) expect((await stat(path.join(dataDir, file))).mode & 0o777).toBe(0o600);
    const people = await client(env.SUPABASE_SERVICE_ROLE_KEY).from("profiles").select("handle");
    expect(people.data).toHaveLength(DEMO_PEOPLE.length);
    const inbox = await fetch(`${env.RESEND_BASE_URL}/emails`, { headers: { authorization: `Bearer ${env.RESEND_API_KEY}` } });
    expect(inbox.status).toBe(200);
  });

  test("lets every demo person sign in and see what is theirs", async () => {
    const seen = await Promise.all(
      DEMO_PEOPLE.map(async ({ email, name }) => {
        const supabase = client();
        const { data, error } = await supabase.auth.signInWithPassword({ email, password: DEMO_PASSWORD });
        expect(error).toBeNull();
        const profile = await supabase.from("profiles").select("display_name").eq("user_id", data.user!.id).single();
        expect(profile.data).toEqual({ display_name: name });
        const events = await supabase.from("events").select("id");
        return [email.split("@")[0], events.data?.length];
      }),
    );
    expect(Object.fromEntries(seen)).toEqual({
      organizer: 3, speaker: 2, volunteer: 3, guest: 2, newcomer: 3, outsider: 0, operator: 0,
    });
  });

  test("answers what Postgres refuses as Supabase does: code, message and hint", async () => {
    const supabase = client();
    const { data } = await supabase.auth.signInWithPassword({ email: "outsider@demo.test", password: DEMO_PASSWORD });
    const event_id = "d2000000-0000-4000-8000-000000000001";
    const { error, status } = await supabase.from("chat_messages").insert({ event_id, user_id: data.user!.id, body: "hello" });
    expect(status).toBeLessThan(500);
    expect(error?.code).toMatch(/^(CN\d{3}|42501)$/);
    expect(error?.message).toMatch(/\w/);
    expect(error?.message).not.toContain("PostgresError");
  });

  test("serves the web app, filled in, under a strict policy, on every path that is a page", async () => {
    for (const path of ["/", "/events/d2000000-0000-4000-8000-000000000001", "/settings/notifications?mute=1"]) {
      const response = await fetch(env.SUPABASE_URL + path);
      expect(response.headers.get("content-security-policy")).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self';/);
      const page = await response.text();
      expect(page).toContain(`content="${env.SUPABASE_ANON_KEY}"`);
      expect(page).not.toContain("{{");
    }
    const script = /src="(\/assets\/[^"]+\.js)"/.exec(await (await fetch(env.SUPABASE_URL!)).text())![1];
    expect((await fetch(env.SUPABASE_URL! + script)).headers.get("content-type")).toContain("javascript");
    expect((await fetch(`${env.SUPABASE_URL}/assets/gone.js`)).status).toBe(404);
  });

  test("shows where to look on a page for developers, and a mailbox", async () => {
    const page = await (await fetch(`${env.SUPABASE_URL}/start`)).text();
    expect(page).toContain(`${env.SUPABASE_URL}/resend/mailbox`);
    expect(page).toContain("organizer@demo.test");
    expect((await fetch(`${env.SUPABASE_URL}/resend/mailbox`)).status).toBe(200);
  });

  test("lets browsers of other origins use the API, with each header once", async () => {
    const headers = { origin: "http://localhost:5173", "access-control-request-method": "POST", "access-control-request-headers": "apikey,content-type" };
    for (const place of ["/rest/v1/events", "/auth/v1/token?grant_type=password", "/functions/v1/unsubscribe"]) {
      const preflight = await fetch(env.SUPABASE_URL + place, { method: "OPTIONS", headers });
      expect(preflight.status).toBe(204);
      expect(preflight.headers.get("access-control-allow-origin")).toBe("*");
      expect(preflight.headers.get("access-control-allow-headers")).toContain("apikey");
    }
  });

  test("hands messages to the mailbox: one letter each for everybody else in the event", async () => {
    const supabase = client();
    const { data } = await supabase.auth.signInWithPassword({ email: "organizer@demo.test", password: DEMO_PASSWORD });
    const event_id = "d2000000-0000-4000-8000-000000000002";
    expect((await supabase.from("chat_messages").insert({ event_id, user_id: data.user!.id, body: "The kiln is hot." })).error).toBeNull();
    const links = await query(env.DATABASE_URL!, "select app_url, functions_url from private.settings");
    expect(links).toEqual([{ app_url: env.SUPABASE_URL, functions_url: `${env.SUPABASE_URL}/functions/v1` }]);
    const letters = async () => {
      const response = await fetch(`${env.RESEND_BASE_URL}/emails?limit=100`, { headers: { authorization: `Bearer ${env.RESEND_API_KEY}` } });
      if (!response.ok) return `HTTP ${response.status}`;
      const { data } = (await response.json()) as { data: { to: string[]; subject: string }[] };
      return data.filter(({ subject }) => subject.includes("Open Studio Night")).flatMap(({ to }) => to).sort();
    };
    const everybodyElse = ["guest@demo.test", "newcomer@demo.test", "volunteer@demo.test"];
    // Two polls a second stay below the simulator's rate limit.
    await expect.poll(letters, { timeout: 20_000, interval: 500 }).toEqual(everybodyElse);
  });

  test("refuses a second start on the same data, with another port", async () => {
    await expectRefusal({ DATA_DIR: dataDir }, /^Another running instance \(process \d+\) uses the data directory .+: stop it, or set DATA_DIR/);
  });

  test("refuses a second start on the same port, with other data", async () => {
    const { port } = new URL(env.SUPABASE_URL!);
    await expectRefusal({ DATA_DIR: path.join(folder, "other"), PORT: port }, new RegExp(`^Port ${port} is in use: .+ set PORT to another one\\.$`));
  });

  test("stops in order on SIGTERM, and the second start keeps data and keys", async () => {
    await query(env.DATABASE_URL!, "update public.organizations set name = 'Kept Society'");
    const ended = await stack.stop("SIGTERM");
    expect(ended).toMatchObject({ code: 0, output: expect.stringMatching(/Stopped\.\s*$/) });
    expect(await readFile(path.join(dataDir, "postgres.log"), "utf8")).toContain("database system is shut down");

    stack = spawnStack({ DATA_DIR: dataDir });
    const again = await stack.ready;
    expect(again.SUPABASE_ANON_KEY).toBe(env.SUPABASE_ANON_KEY);
    expect(await query(again.DATABASE_URL!, "select name from public.organizations")).toEqual([{ name: "Kept Society" }]);
    // Without the variable the window is the default again.
    expect(await query(again.DATABASE_URL!, "select batch_window_seconds from private.settings")).toEqual([{ batch_window_seconds: 120 }]);
    env = again;
  });

  test("killed by kill -9 it takes Postgres along, and the next start recovers", async () => {
    const postmaster = Number((await readFile(path.join(dataDir, "postgres", "postmaster.pid"), "utf8")).split("\n")[0]);
    await stack.stop("SIGKILL");
    await expect.poll(() => identifyProcess(postmaster), { timeout: 20_000 }).toBeUndefined();
    stack = spawnStack({ DATA_DIR: dataDir });
    env = await stack.ready;
    expect(await query(env.DATABASE_URL!, "select name from public.organizations")).toEqual([{ name: "Kept Society" }]);
  });
});

describe("npm start says in one sentence what to do", () => {
  test("about a bad variable", () => expectRefusal({ DATA_DIR: path.join(folder, "x"), PORT: "http" }, /^PORT must be a whole number/));

  test("about a data directory that cannot be written to", async () => {
    await writeFile(path.join(folder, "file"), "");
    await expectRefusal({ DATA_DIR: path.join(folder, "file", "data") }, /^Cannot write to the data directory .+ \(a file is in its place\): /);
  });

  test("about a data directory of another Postgres version", async () => {
    const dataDir = await mkdtemp(path.join(folder, "old-"));
    const old = path.join(dataDir, "postgres");
    await mkdir(old, { mode: 0o700 });
    await writeFile(path.join(old, "PG_VERSION"), "15\n");
    await expectRefusal({ DATA_DIR: dataDir }, /holds data of Postgres 15, but this program runs Postgres 17: set DATA_DIR/);
  });

  test("about a DATA_DIR that is itself the data directory of some Postgres", async () => {
    const dataDir = await mkdtemp(path.join(folder, "raw-"));
    await writeFile(path.join(dataDir, "PG_VERSION"), "17\n");
    await expectRefusal({ DATA_DIR: dataDir }, /is the data directory of another Postgres: set DATA_DIR/);
  });

  test("about a database that is down", async () => {
    const port = await findFreePort();
    const DATABASE_URL = `postgresql://someone:secret@127.0.0.1:${port}/app`;
    await expectRefusal({ DATA_DIR: path.join(folder, "down"), DATABASE_URL }, /^Cannot reach the Postgres at 127\.0\.0\.1:\d+\/app \(ECONNREFUSED\): start it/);
  });
});

describe("the command that people type", () => {
  test("ends with 0 after an orderly stop when npm gets the SIGTERM", async () => {
    const stack = spawnStack({ DATA_DIR: path.join(folder, "typed") }, { npm: true });
    await stack.ready;
    expect(await stack.stop("SIGTERM")).toMatchObject({ code: 0, output: expect.stringMatching(/^Stopped\.$/m) });
  });

  test("leaves nothing running when npm is killed by kill -9", async () => {
    const dataDir = path.join(folder, "typed");
    const stack = spawnStack({ DATA_DIR: dataDir }, { npm: true });
    const { SUPABASE_URL } = await stack.ready;
    const postmaster = Number((await readFile(path.join(dataDir, "postgres", "postmaster.pid"), "utf8")).split("\n")[0]);
    await stack.stop("SIGKILL");
    await expect.poll(() => identifyProcess(postmaster), { timeout: 20_000 }).toBeUndefined();
    await expect(fetch(SUPABASE_URL!)).rejects.toThrow();
  });
});

test.runIf(process.getuid?.() === 0)("npm start works for a user who is not root", async (context) => {
  const [uid, gid] = (await Promise.all(["-u", "-g"].map((flag) => runCommand(["id", flag, "nobody"])))).map(({ stdout }) => Number(stdout));
  const script = path.join(import.meta.dirname, "main.ts");
  const readable = await runCommand(["/bin/sh", "-c", 'test -r "$1"', "sh", script], { uid, gid, cwd: "/" });
  if (readable.code !== 0) context.skip("this checkout lies in a folder that other users may not enter");
  const home = await mkdtemp(path.join(tmpdir(), "local-stack-nobody-"));
  try {
    await chown(home, uid!, gid!);
    const stack = spawnStack({ DATA_DIR: path.join(home, "data"), TMPDIR: home }, { uid, gid });
    await stack.ready;
    expect((await stat(path.join(home, "data", "postgres"))).uid).toBe(uid);
    expect((await stack.stop("SIGINT")).code).toBe(0);
  } finally {
    await rm(home, { recursive: true, force: true });
  }
});
