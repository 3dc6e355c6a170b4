import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { ensureAuthSchema } from "../../apps/local/src/auth-schema.ts";
import { createRoles } from "../../apps/local/src/create-roles.ts";
import { createTestDatabase } from "./harness/test-database.ts";
import { addPeople, createDelivery, drain, later, post, TEST_DEPLOYMENT } from "./harness/world.ts";

const folder = fileURLToPath(new URL("../schemas/", import.meta.url));
const schemas = readdirSync(folder).filter((file) => file.endsWith(".sql")).sort().map((file) => [file, readFileSync(folder + file, "utf8")] as const);

test("installed beside existing people and an existing chat, it gives people what they need and mails no history", async () => {
  const home = await createTestDatabase();
  try {
    await home.sql`create database existing_app`;
    const url = new URL(home.url);
    url.pathname = "/existing_app";
    const sql = home.connect({ database: "existing_app" });
    await createRoles(sql);
    await ensureAuthSchema(sql, url.href);
    const install = async (belongs: (file: string) => boolean) => {
      for (const [file, text] of schemas) if (belongs(file)) await sql.unsafe(text).simple();
    };

    const people = await addPeople(sql, 30);
    await sql`insert into auth.users (id, email, raw_user_meta_data, created_at) values (gen_random_uuid(), 'x@example.com', '{"handle": "User1"}', now() + interval '1 hour')`;
    await sql`update auth.users set email_confirmed_at = created_at`;
    await install((file) => file < "25");
    const handles = (await sql`select handle from profiles order by length(handle), handle`).map(({ handle }) => handle);
    expect(handles).toEqual([...Array.from({ length: 30 }, (_, i) => `user${i + 1}`), expect.stringMatching(/^user1-[0-9a-f]{8}$/)]);

    const [{ id: event }] = await sql<[{ id: string }]>`
      with organization as (insert into organizations (name, consent_required) values ('Existing Ltd', false) returning id)
      insert into events (organization_id, title, batch_window_seconds) select id, 'Existing event', 0 from organization returning id`;
    await sql`insert into event_participants (event_id, user_id) select ${event}, unnest(${people}::uuid[])`;
    await sql`
      insert into chat_messages (event_id, user_id, body, created_at)
      select ${event}, (${people}::uuid[])[1 + i % 30], 'old message ' || i, now() - interval '1 minute' * i
      from generate_series(0, 1999) i`;

    await install((file) => file > "25");
    await sql`update private.settings set delivery_on_for = ${TEST_DEPLOYMENT}`;
    const { deps, simulator } = createDelivery(sql, () => later(3600));
    expect(await drain(deps)).toBe(0);

    await post(sql, event, people[0]!, "the first new message");
    expect(await drain(deps)).toBe(29);
    for (const { wire } of simulator.accepted.all()) {
      expect(wire.text).toContain("the first new message");
      expect(wire.text).not.toContain("old message");
    }
    await sql.end();
    await home.sql`drop database existing_app`;
  } finally {
    await home.drop();
  }
});
