import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type PostgresCluster, type PostgresClusterOptions, startPostgres } from "./postgres-cluster.ts";

const isRoot = process.getuid?.() === 0;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "postgres-cluster-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function start(dataDir: string, options: Partial<PostgresClusterOptions> = {}): Promise<PostgresCluster> {
  return startPostgres({ dataDir, password: "p/ss'wörd", log() {}, settings: { fsync: "off" }, ...options });
}

async function ask<T>(cluster: PostgresCluster, statement: string): Promise<T[]> {
  const sql = postgres(cluster.url, { max: 1 });
  try {
    return (await sql.unsafe(statement)) as unknown as T[];
  } finally {
    await sql.end();
  }
}

describe("a cluster", () => {
  let dataDir: string;

  beforeAll(async () => {
    dataDir = path.join(folder, "kept", "postgres");
    const cluster = await start(dataDir);
    await ask(cluster, "create table kept (note text); insert into kept values ('still here')");
    await cluster.stop();
  });

  test("keeps its data from one start to the next, and listens on this machine only", async () => {
    const cluster = await start(dataDir);
    try {
      expect([...(await ask(cluster, "select note from kept"))]).toEqual([{ note: "still here" }]);
      const [settings] = await ask(
        cluster,
        `select current_setting('listen_addresses') as listen, current_setting('unix_socket_directories') as sockets,
          current_setting('server_encoding') as encoding, current_setting('timezone') as zone,
          current_setting('shared_preload_libraries') as libraries, current_setting('synchronous_commit') as durable`,
      );
      expect(settings).toEqual({
        listen: "127.0.0.1", sockets: "", encoding: "UTF8", zone: "UTC", libraries: "pg_stat_statements", durable: "on",
      });
    } finally {
      await cluster.stop();
    }
  });

  test("asks for its password", async () => {
    const cluster = await start(dataDir);
    try {
      await expect(ask({ ...cluster, url: cluster.url.replace(/:[^:@]*@/, ":wrong@") }, "select 1")).rejects.toMatchObject({ code: "28P01" });
    } finally {
      await cluster.stop();
    }
  });

  test("is refused to a second instance while the first one runs", async () => {
    const cluster = await start(dataDir);
    try {
      await expect(start(dataDir)).rejects.toMatchObject({
        code: "data_directory_in_use",
        message: expect.stringMatching(/^Another running instance \(process \d+\) uses the data directory \S+: stop it, or set DATA_DIR/),
      });
    } finally {
      await cluster.stop();
    }
  });

  test("starts although a lock file of a dead postmaster names a process that is somebody else's now", async () => {
    await writeFile(path.join(dataDir, "postmaster.pid"), `${process.pid}\n${dataDir}\n`, { mode: 0o600 });
    const cluster = await start(dataDir);
    await cluster.stop();
  });

  test("of another Postgres version is refused and left alone", async () => {
    const version = path.join(dataDir, "PG_VERSION");
    await writeFile(version, "16\n");
    await expect(start(dataDir)).rejects.toMatchObject({
      code: "data_directory_other_version",
      message: expect.stringContaining("holds data of Postgres 16, but this program runs Postgres 17"),
    });
    expect(await readFile(version, "utf8")).toBe("16\n");
    await writeFile(version, "17\n");
  });

  test("that breaks at its start says why", async () => {
    await expect(start(dataDir, { settings: { shared_buffers: "nonsense" } })).rejects.toMatchObject({
      code: "postgres_start_failed",
      message: expect.stringContaining("shared_buffers"),
    });
  });
});

test("a folder with other things in it is refused", async () => {
  const dataDir = path.join(folder, "foreign");
  await mkdir(dataDir);
  await writeFile(path.join(dataDir, "holiday.jpg"), "");
  await expect(start(dataDir)).rejects.toMatchObject({ code: "data_directory_foreign" });
});

test("a folder that cannot be created is named with the reason", async () => {
  await writeFile(path.join(folder, "file"), "");
  await expect(start(path.join(folder, "file", "postgres"))).rejects.toMatchObject({
    code: "data_directory_unwritable",
    message: expect.stringContaining("a file is in its place"),
  });
});

describe.runIf(isRoot)("as root without user namespaces", () => {
  test("a cluster runs as another user, also below a folder that this user may not enter, and keeps its data", async () => {
    const closed = path.join(folder, "closed");
    await mkdir(closed);
    await chmod(closed, 0o700);
    const dataDir = path.join(closed, "postgres");
    const first = await start(dataDir, { namespaces: false });
    await ask(first, "create table kept (note text); insert into kept values ('still here')");
    await first.stop();
    const place = (await readFile(`${dataDir}.location`, "utf8")).trim();
    try {
      expect((await stat(place)).uid).not.toBe(0);
      // The way chosen first binds: data must not seem lost when namespaces are switched on later.
      const second = await start(dataDir);
      expect([...(await ask(second, "select note from kept"))]).toEqual([{ note: "still here" }]);
      await second.stop();
    } finally {
      await rm(place, { recursive: true, force: true });
    }
  });
});
