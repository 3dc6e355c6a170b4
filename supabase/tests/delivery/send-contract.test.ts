import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { createEmulator } from "emulate";
import { describe, expect } from "vitest";
import { confirmDispatches } from "../../../packages/core/src/confirm-dispatches.ts";
import type { DeliveryDeps } from "../../../packages/core/src/deliver-dispatch.ts";
import { createResendProvider } from "../../../packages/core/src/resend-provider.ts";
import { createResendSimulator } from "../../../packages/resend-simulator/src/simulator.ts";
import { addCrowd } from "../concurrency/add-crowd.ts";
import { addEvent, addPeople, createDelivery, drain, later, post } from "../harness/world.ts";
import { test } from "./delivery-test.ts";

/** A letter as the receiver keeps it. */
interface KeptLetter {
  id: string;
  to: string[];
  subject: string;
  html: string;
  text: string;
  headers: Record<string, string>;
  tags: { name: string; value: string }[];
}

interface Receiver {
  baseUrl: string;
  fetch: typeof fetch;
  letters(): Promise<KeptLetter[]>;
  close(): Promise<void>;
}

async function startSimulator(): Promise<Receiver> {
  const simulator = createResendSimulator({ requestsPerSecond: null });
  return {
    baseUrl: "http://resend.test",
    fetch: (input, init) => simulator.fetch(new Request(input, init)),
    letters: async () => simulator.accepted.all().map(({ id, wire }) => ({ id, ...wire }) as unknown as KeptLetter),
    close: async () => {},
  };
}

async function startEmulate(): Promise<Receiver> {
  const { url, close } = await createEmulator({ service: "resend", port: await freePort() });
  return {
    baseUrl: url,
    fetch,
    async letters() {
      const response = await fetch(`${url}/emails`, { headers: { authorization: "Bearer re_test" } });
      return ((await response.json()) as { data: KeptLetter[] }).data;
    },
    close,
  };
}

/** It takes no port 0. */
function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

const RECEIVERS: [title: string, start: () => Promise<Receiver>][] = [
  ["our simulator", startSimulator],
  [
    "emulate 0.8.0, which ignores keys and has no limits, quotas, 409s, faults, key rights or signed webhooks: retries and refusals are shown with our simulator only",
    startEmulate,
  ],
];

describe.each(RECEIVERS)("sending to %s", (_, start) => {
  const letterTest = test.extend<{ receiver: Receiver; office: { deps: DeliveryDeps; tell(readers: number, crowd?: number): Promise<number> } }>({
    receiver: async ({}, use) => {
      const receiver = await start();
      await use(receiver);
      await receiver.close();
    },
    office: async ({ database: { sql, connectAs }, receiver: { baseUrl, fetch } }, use) => {
      const provider = createResendProvider({ apiKey: "re_test", baseUrl, fetch });
      const deps = { ...createDelivery(connectAs("notifier"), () => later(5)).deps, provider };
      await use({
        deps,
        async tell(readers, crowd = 0) {
          const people = await addPeople(sql, readers + 1);
          const event = await addEvent(sql, { participants: people, window: 0 });
          if (crowd > 0) await addCrowd(sql, event, crowd);
          await post(sql, event, people[0]!, "alpha");
          // All in one claim, so that dispatches are full.
          return drain(deps, 400);
        },
      });
    },
  });

  letterTest("everybody but the author gets one letter that tells the message", async ({ receiver, office }) => {
    expect(await office.tell(3)).toBe(3);
    const letters = await receiver.letters();
    expect(letters.map(({ to }) => to.join()).sort()).toEqual(["user2@example.com", "user3@example.com", "user4@example.com"]);
    for (const { html, text, subject } of letters) {
      expect(html).toContain("alpha");
      expect(text).toContain("alpha");
      expect(subject).toBe("Summer Festival: new messages");
    }
  });

  letterTest("headers and tags arrive, and the provider's ids are kept with their letters", async ({ receiver, office, database }) => {
    await office.tell(2);
    const letters = await receiver.letters();
    expect(letters).toHaveLength(2);
    for (const { id, headers, tags } of letters) {
      expect(Object.keys(headers)).toEqual(expect.arrayContaining(["List-Id", "Auto-Submitted", "References", "In-Reply-To"]));
      const { email_id, kind } = Object.fromEntries(tags.map(({ name, value }) => [name, value])) as Record<string, string>;
      expect(kind).toBe("conversation");
      expect(await database.sql`select provider_id from emails where id = ${email_id!}`).toEqual([{ provider_id: id }]);
      expect(await office.deps.provider.readTags(id)).toEqual({ email_id, kind });
    }
  });

  letterTest("a batch of 100 goes in one request, the one beyond it in another", async ({ receiver, office, database }) => {
    expect(await office.tell(1, 100)).toBe(101);
    const letters = await receiver.letters();
    expect(new Set(letters.map(({ to }) => to.join())).size).toBe(101);
    expect(letters).toHaveLength(101);
    const dispatches = await database.sql`select letter_count, status from private.dispatches order by 1`;
    expect([...dispatches]).toEqual([{ letter_count: 1, status: "sent" }, { letter_count: 100, status: "sent" }]);
  });

  letterTest("a letter without a subject fails alone, everybody else has theirs", async ({ receiver, office }) => {
    const { createRenderer } = office.deps;
    office.deps.createRenderer = (facts) => {
      const render = createRenderer(facts);
      return (letter) => ({ ...render(letter), ...(letter.recipient.email === "user4@example.com" ? { subject: "" } : {}) });
    };
    await office.tell(7);
    const letters = await receiver.letters();
    expect(letters.map(({ to }) => to.join()).sort()).toEqual([2, 3, 5, 6, 7, 8].map((n) => `user${n}@example.com`));
  });

  letterTest("an unconfirmed dispatch is found in the list by its letter's tag", async ({ office, database }) => {
    await office.tell(2);
    await database.sql`update private.dispatches set outcome = 'unconfirmed', unconfirmed_at = updated_at, first_attempt_at = now()`;
    expect(await confirmDispatches(office.deps)).toBe(1);
    expect(await database.sql`select outcome from private.dispatches`).toEqual([{ outcome: "accepted" }]);
  });
});
