import { afterAll, beforeAll, expect, test } from "vitest";
import { readAccessPage } from "./access-page.ts";
import type { Caller } from "./caller.ts";
import { layOut } from "./cast.ts";
import { type OpenHouse, openHouse } from "./open-house.ts";
import { PROBED_ROWS } from "./probed-rows.ts";

const page = readAccessPage();
let house: OpenHouse;

beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close());

const filter = (key: Record<string, string>) => house.sql.unsafe(
  Object.keys(key).map((column) => `${column} = '${key[column]}'`).join(" and ") || "true");

/** What the owner sees of the probed row. */
async function state(relation: string, key: Record<string, string>): Promise<string> {
  return JSON.stringify(await house.sql`select * from ${house.sql(relation)} where ${filter(key)}`);
}

/** The letters of what really happened: rows were read, or the owner sees the effect. */
async function probe(name: string, caller: Caller): Promise<string> {
  const relation = name.split(":")[0]!;
  const { key, row, patch } = PROBED_ROWS[name] ?? { key: {} };
  let may = "";
  const seen = await caller.select(relation, key);
  if ("rows" in seen && seen.rows > 0) may += "r";
  if (row) await house.sql`delete from ${house.sql(relation)} where ${filter(key)}`;
  if (await changes(() => caller.insert(relation, row ?? key))) may += "i";
  if (row) await layOut(house.sql);
  if (patch && await changes(() => caller.update(relation, key, patch))) may += "u";
  if (await changes(() => caller.delete(relation, key))) may += "d";
  return may || "-";

  async function changes(attempt: () => Promise<unknown>): Promise<boolean> {
    const before = await state(relation, key);
    await attempt();
    if (await state(relation, key) === before) return false;
    await layOut(house.sql);
    return true;
  }
}

test("every relation that browsers or the service key may touch has a row in docs/access.md", () => {
  const granted = [...page.grants].filter(([relation, { authenticated, service_role }]) =>
    (authenticated !== "-" || (relation.startsWith("public.") && service_role !== "-")));
  const named = new Set([...page.rows.keys()].map((name) => name.split(":")[0]));
  expect(granted.map(([relation]) => relation).filter((relation) => !named.has(relation)), "add them to docs/access.md, “Rows”").toEqual([]);
});

test.each(["SQL", "HTTP"] as const)("in %s everybody may do with the recipient's rows what docs/access.md says, and nothing else", async (way) => {
  const wrong: string[] = [];
  for (const [name, cells] of page.rows) {
    // The API does not know the schema: attacks.test.ts tries it.
    if (way === "HTTP" && name.startsWith("private.")) continue;
    for (const [who, expected] of Object.entries(cells)) {
      const may = await probe(name, house.callers[way][who]!);
      if (may !== expected) wrong.push(`${name}, ${who}: docs/access.md says ${expected}, it is ${may}`);
    }
  }
  expect(wrong).toEqual([]);
});
