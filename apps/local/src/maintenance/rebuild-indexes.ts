import type { Sql } from "postgres";
import type { Section } from "./section.ts";

/** Smaller ones are rebuilt by nobody's complaint. */
const LEAST_BYTES = 16 * 1024 * 1024;
/** Times the size that its entries need. */
const BLOATED = 3;

/**
 * Rebuilds indexes that are three times as large as their entries need, without blocking writers. An index that an
 * interrupted rebuild left invalid is dropped.
 */
export async function rebuildIndexes(sql: Sql, dryRun: boolean, leastBytes = LEAST_BYTES): Promise<Section> {
  const lines: string[] = [];
  const invalid = await sql`
    select i.indexrelid::regclass::text as name
    from pg_index i join pg_class c on c.oid = i.indexrelid
    where not i.indisvalid and c.relnamespace in ('public'::regnamespace, 'private'::regnamespace) and c.relname ~ '_ccnew[0-9]*$'`;
  for (const { name } of invalid) {
    if (!dryRun) await sql.unsafe(`drop index concurrently ${name}`);
    lines.push(`${dryRun ? "would drop" : "dropped"} ${name}, left by an interrupted rebuild`);
  }
  // 16 bytes of header and pointer beside the columns' mean widths, pages nine tenths full.
  const bloated = await sql<{ name: string; bytes: number; times: number }[]>`
    select c.oid::regclass::text as name, pg_relation_size(c.oid)::float8 as bytes,
      pg_relation_size(c.oid) / greatest(8192, c.reltuples * (16 + k.width) / 0.9) as times
    from pg_index i
    join pg_class c on c.oid = i.indexrelid
    join pg_am m on m.oid = c.relam and m.amname = 'btree'
    cross join lateral (
      select sum(coalesce(s.avg_width, nullif(a.attlen, -1), 16)) as width
      from pg_attribute a
      join pg_class t on t.oid = i.indrelid
      left join pg_stats s on s.schemaname = t.relnamespace::regnamespace::text and s.tablename = t.relname and s.attname = a.attname
      where a.attrelid = c.oid
    ) k
    where c.relnamespace in ('public'::regnamespace, 'private'::regnamespace)
      and c.reltuples >= 0
      and pg_relation_size(c.oid) > ${leastBytes}
      and pg_relation_size(c.oid) > ${BLOATED} * greatest(8192, c.reltuples * (16 + k.width) / 0.9)`;
  for (const { name, bytes, times } of bloated) {
    if (!dryRun) await sql.unsafe(`reindex index concurrently ${name}`);
    lines.push(`${dryRun ? "would rebuild" : "rebuilt"} ${name}: ${Math.round(bytes / 1_048_576)} MB, ${times.toFixed(1)} times what it needs`);
  }
  return { title: "Indexes", lines: lines.length === 0 ? ["none is bloated"] : lines };
}
