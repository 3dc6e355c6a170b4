import { createHmac } from "node:crypto";
import { createClient } from "@supabase/supabase-js";
import type { Sql } from "postgres";
import ws from "ws";

/** What a caller's attempt came to: rows that came back, or the error's code. */
export type Attempt = { rows: number } | { code: string; message: string };

/** Somebody who tries things: in SQL as the API's role for them, or over HTTP. Relations and functions as `schema.name`. */
export interface Caller {
  select(relation: string, key: Record<string, string>): Promise<Attempt>;
  insert(relation: string, row: Record<string, string>): Promise<Attempt>;
  update(relation: string, key: Record<string, string>, patch: Record<string, string>): Promise<Attempt>;
  delete(relation: string, key: Record<string, string>): Promise<Attempt>;
  call(name: string, args: Record<string, unknown>): Promise<Attempt>;
}

export function createSqlCaller(sql: Sql): Caller {
  const run = async (text: string, values: unknown[]): Promise<Attempt> => {
    try {
      return { rows: (await sql.unsafe(text, values as never[])).length };
    } catch (error) {
      const { code, message } = error as { code: string; message: string };
      return { code, message };
    }
  };
  const where = (key: Record<string, string>, from: number): string =>
    Object.keys(key).map((column, i) => ` ${i === 0 ? "where" : "and"} ${column} = $${from + i}`).join("");
  return {
    select: (relation, key) => run(`select ${Object.keys(key).join(", ") || "1"} from ${relation}${where(key, 1)} limit 1`, Object.values(key)),
    insert: (relation, row) => {
      const columns = Object.keys(row);
      const values = columns.length === 0 ? "default values" : `(${columns}) values (${columns.map((_, i) => `$${i + 1}`)})`;
      return run(`insert into ${relation} ${values}`, Object.values(row));
    },
    update: (relation, key, patch) => {
      const sets = Object.keys(patch).map((column, i) => `${column} = $${i + 1}`);
      return run(`update ${relation} set ${sets}${where(key, sets.length + 1)}`, [...Object.values(patch), ...Object.values(key)]);
    },
    delete: (relation, key) => run(`delete from ${relation}${where(key, 1)}`, Object.values(key)),
    call: (name, args) => run(`select ${name}(${Object.keys(args).map((argument, i) => `${argument} => $${i + 1}`)})`, Object.values(args)),
  };
}

/** supabase-js as an app uses it: with the publishable key and a person's token, or with the secret key. */
export function createHttpCaller(url: string, apiKey: string, token?: string): Caller {
  const client = createClient<any, any, any>(url, apiKey, {
    auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
    realtime: { transport: ws as never },
    ...(token === undefined ? {} : { global: { headers: { authorization: `Bearer ${token}` } } }),
  });
  const in_ = (name: string) => client.schema(name.split(".")[0]!);
  const bare = (name: string): string => name.split(".")[1]!;
  const attempt = async (request: PromiseLike<{ data: unknown; error: { code: string; message: string } | null }>): Promise<Attempt> => {
    const { data, error } = await request;
    return error === null ? { rows: Array.isArray(data) ? data.length : 1 } : { code: error.code, message: error.message };
  };
  return {
    select: (relation, key) => attempt(in_(relation).from(bare(relation)).select(Object.keys(key).join(",") || "*").match(key).limit(1)),
    insert: (relation, row) => attempt(in_(relation).from(bare(relation)).insert(row)),
    update: (relation, key, patch) => attempt(in_(relation).from(bare(relation)).update(patch).match(key)),
    delete: (relation, key) => attempt(in_(relation).from(bare(relation)).delete().match(key)),
    call: (name, args) => attempt(in_(name).rpc(bare(name), args)),
  };
}

/** A token as the auth service signs it (HS256), with whatever claims a test wants. */
export function signToken(secret: string, claims: Record<string, unknown>, header: Record<string, unknown> = { alg: "HS256", typ: "JWT" }): string {
  const encode = (part: unknown): string => Buffer.from(JSON.stringify(part)).toString("base64url");
  const content = `${encode(header)}.${encode(claims)}`;
  return `${content}.${createHmac("sha256", secret).update(content).digest("base64url")}`;
}
