import { expect } from "vitest";
import { createStage, type Stage } from "./delivery-stage.ts";
import { test } from "./delivery-test.ts";

const READERS = 12;
const names = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => `user${from + i}`);

/** Everybody but those whom the provider does not take has exactly one letter; they have failed, for a person to see. */
async function expectOnlyBadOnesFailed(stage: Stage, bad: string[], reason = "validation_error") {
  const good = names(2, READERS + 1).filter((name) => !bad.includes(name));
  expect(stage.letters()).toEqual(Object.fromEntries(good.map((name) => [name, ["alpha"]])));
  const rows = await stage.sql`
    select p.handle, n.status, n.reason, e.status as email
    from public.notifications n join public.profiles p using (user_id) join public.emails e on e.id = n.email_id
    where n.status <> 'sent' order by length(p.handle), p.handle`;
  expect([...rows]).toEqual(bad.map((handle) => ({ handle, status: "failed", reason, email: "failed" })));
  const keys = stage.requests.map(({ key }) => key);
  expect(new Set(keys).size, "no key twice").toBe(keys.length);
}

test("a letter that the provider names fails alone: the others go under a new key", async ({ database }) => {
  const stage = await createStage(database, { readers: READERS });
  await stage.tell("alpha");
  stage.fault({ kind: "invalid_named", probability: 1, match: { to: "user5@example.com" } });
  await stage.drain();
  await expectOnlyBadOnesFailed(stage, ["user5"]);
  expect(stage.requests).toHaveLength(2);
});

test("without a name the halves halve down to the one bad letter", async ({ database }) => {
  const stage = await createStage(database, { readers: READERS });
  await stage.tell("alpha");
  stage.fault({ kind: "invalid_unnamed", probability: 1, match: { to: "user5@example.com" } });
  await stage.drain();
  await expectOnlyBadOnesFailed(stage, ["user5"]);
});

test("several bad letters, named and unnamed, the first and the last", async ({ database }) => {
  const stage = await createStage(database, { readers: READERS });
  await stage.tell("alpha");
  stage.fault({ kind: "invalid_unnamed", probability: 1, match: { to: "user2@example.com" } });
  stage.fault({ kind: "invalid_named", probability: 1, match: { to: "user9@example.com" } });
  stage.fault({ kind: "invalid_named", probability: 1, match: { to: "user13@example.com" } });
  await stage.drain();
  await expectOnlyBadOnesFailed(stage, ["user2", "user9", "user13"]);
});

test("a part whose answer is lost on the way keeps its letters and its key: still one letter each", async ({ database }) => {
  const stage = await createStage(database, { readers: READERS });
  await stage.tell("alpha");
  stage.fault({ kind: "invalid_unnamed", probability: 1, match: { to: "user5@example.com" } });
  stage.fault({ kind: "drop_after" });
  await stage.drain();
  expect(Object.keys(stage.letters())).toHaveLength(READERS - 1);
  const again = stage.requests.length;
  stage.wait(3600);
  await stage.drain();
  const [repeated] = stage.requests.splice(again);
  expect(stage.requests).toContainEqual(repeated);
  await expectOnlyBadOnesFailed(stage, ["user5"]);
});

test("a letter that cannot be rendered fails alone, without a request", async ({ database }) => {
  const stage = await createStage(database, { readers: READERS });
  await stage.tell("alpha");
  const { createRenderer } = stage.worker();
  const broken = stage.worker({
    createRenderer: (facts) => {
      const render = createRenderer(facts);
      return (letter) => {
        if (letter.recipient.email === "user7@example.com") throw new Error("A template that cannot take this letter.");
        return render(letter);
      };
    },
  });
  await stage.drain(broken);
  await expectOnlyBadOnesFailed(stage, ["user7"], "render_failed");
  expect(stage.requests).toHaveLength(1);
});
