import postgres from "postgres";
import { expect, test } from "vitest";
import { secureDatabaseUrl, secureWebUrl } from "./secure-address.ts";

test.each([
  ["postgresql://n:p@db.abc.supabase.co:5432/postgres", "postgresql://n:p@db.abc.supabase.co:5432/postgres?sslmode=require"],
  ["postgres://n:p@host/postgres?prepare=false", "postgres://n:p@host/postgres?prepare=false&sslmode=require"],
  ["postgresql://n:p@host/postgres?sslmode=verify-full", "postgresql://n:p@host/postgres?sslmode=verify-full"],
  ["postgresql://n:p@127.0.0.1:5432/postgres", "postgresql://n:p@127.0.0.1:5432/postgres"],
  ["postgresql://n:p@localhost/postgres?sslmode=disable", "postgresql://n:p@localhost/postgres?sslmode=disable"],
  ["postgresql://n:p@[::1]/postgres", "postgresql://n:p@[::1]/postgres"],
  ["postgresql://n:p@%2Frun%2Fpostgresql/postgres", "postgresql://n:p@%2Frun%2Fpostgresql/postgres"],
  ["postgresql://n:p@localhost,db.example/postgres", "postgresql://n:p@localhost,db.example/postgres?sslmode=require"],
  ["postgresql://n:p@db/postgres?ssl=false", "postgresql://n:p@db/postgres?ssl=false&sslmode=require"],
])("a database address to another machine is encrypted: %s", (text, url) => {
  expect(secureDatabaseUrl(text, false)).toEqual({ ok: true, url });
});

test.each(["disable", "allow", "prefer"])("sslmode=%s to another machine is refused unless it is switched on by name", (mode) => {
  const text = `postgresql://n:secret@db/postgres?sslmode=${mode}`;
  const refused = secureDatabaseUrl(text, false);
  expect(refused).toMatchObject({ ok: false, problem: expect.stringContaining(`sslmode=${mode}`) });
  expect(JSON.stringify(refused)).not.toContain("secret");
  expect(secureDatabaseUrl(text, true)).toEqual({ ok: true, url: text });
});

test("of several modes the last counts, as for the driver", () => {
  expect(secureDatabaseUrl("postgresql://n:p@db/x?sslmode=require&sslmode=disable", false)).toMatchObject({ ok: false });
  expect(postgres("postgresql://n:p@db/x?sslmode=require&sslmode=disable").options.ssl).toBe(false);
  expect(postgres("postgresql://n:p@db/x?ssl=false&sslmode=require").options.ssl).toBe("require");
});

test("what is no database address is refused", () => {
  for (const text of ["", "db", "mysql://n:p@db/x", "postgresql:///x?host=db"]) expect(secureDatabaseUrl(text, true).ok).toBe(false);
});

test("plain http leads to this machine only, unless it is switched on by name", () => {
  expect(secureWebUrl("https://abc.supabase.co/", false)).toEqual({ ok: true, url: "https://abc.supabase.co" });
  expect(secureWebUrl("http://localhost:3000", false)).toEqual({ ok: true, url: "http://localhost:3000" });
  expect(secureWebUrl("http://abc.example", false).ok).toBe(false);
  expect(secureWebUrl("http://localhost.evil.example", false).ok).toBe(false);
  expect(secureWebUrl("http://kong:8000", true)).toEqual({ ok: true, url: "http://kong:8000" });
  for (const text of ["abc", "javascript:alert(1)"]) expect(secureWebUrl(text, true).ok).toBe(false);
});
