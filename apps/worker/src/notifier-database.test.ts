import { type AddressInfo, connect, createServer, type Server } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../supabase/tests/harness/test-database.ts";
import { TEST_DEPLOYMENT } from "../../../supabase/tests/harness/world.ts";
import { openNotifierDatabase } from "./notifier-database.ts";

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(() => database.drop());

/** Between us and Postgres: lets a connection begin and cuts it with its first question after that. */
function openCuttingDoor({ port, hostname }: URL): Promise<Server> {
  const door = createServer((client) => {
    const server = connect(Number(port), hostname);
    let ready = false;
    for (const socket of [client, server]) socket.on("error", () => {});
    client.on("data", (bytes) => (ready ? client.destroy() : server.write(bytes)));
    server.on("data", (bytes) => {
      // ReadyForQuery is the last of what a server says before it is asked.
      ready ||= bytes.at(-6) === "Z".charCodeAt(0);
      client.write(bytes);
    });
    client.on("close", () => server.destroy());
  });
  return new Promise((resolve) => door.listen(0, "127.0.0.1", () => resolve(door)));
}

test("a connection that dies over its first question ends that question, not the process", async () => {
  const url = new URL(database.url);
  const door = await openCuttingDoor(url);
  url.hostname = "127.0.0.1";
  url.port = String((door.address() as AddressInfo).port);
  const unheard: unknown[] = [];
  const hear = (reason: unknown) => unheard.push(reason);
  process.on("unhandledRejection", hear);
  const notifier = openNotifierDatabase(url.toString(), TEST_DEPLOYMENT);
  try {
    await expect(notifier.database.nextDueInMs()).rejects.toMatchObject({ code: "CONNECTION_CLOSED" });
    await new Promise(setImmediate);
    expect(unheard).toEqual([]);
  } finally {
    process.off("unhandledRejection", hear);
    door.close();
    await notifier.close();
  }
});
