import { type Deployment, fail, type Finding, ok, skip, warn } from "./finding.ts";

const ROLES = ["anon", "authenticated", "service_role", "notifier"];

/** The server: version, encryption, clock, time zones, roles, extensions. */
export async function checkDatabase({ sql, now }: Deployment): Promise<Finding[]> {
  if (sql === null) return [skip("database", "No DATABASE_URL was given.", "Set DATABASE_URL to the owner's address: Project settings, Database.")];
  const findings: Finding[] = [];
  const [server] = await sql<[{ version: number; version_text: string; encrypted: boolean; local: boolean; now: Date; zones: number; encoding: string; isolation: string }]>`
    select current_setting('server_version_num')::int as version, current_setting('server_version') as version_text,
      coalesce((select ssl from pg_stat_ssl where pid = pg_backend_pid()), false) as encrypted,
      coalesce(inet_client_addr() <<= '127.0.0.0/8' or inet_client_addr() = '::1', true) as local,
      clock_timestamp() as now, (select count(*)::int from pg_timezone_names where name in ('Europe/Berlin', 'Asia/Kolkata', 'America/New_York')) as zones,
      current_setting('server_encoding') as encoding, current_setting('default_transaction_isolation') as isolation`;
  findings.push(server.version >= 150_000
    ? ok("database", `Postgres ${server.version_text} answers.`)
    : fail("database", `Postgres ${server.version_text} is too old.`, "Upgrade to Postgres 15 or newer."));
  if (!server.encrypted && !server.local) findings.push(fail("encryption", "This connection to the database is not encrypted.", "Add ?sslmode=require to DATABASE_URL, and enforce SSL in the project's database settings."));
  if (server.encoding !== "UTF8") findings.push(fail("encoding", `The database's encoding is ${server.encoding}.`, "Create the database with encoding UTF8."));
  if (server.isolation !== "read committed") findings.push(fail("isolation", `Transactions are ${server.isolation} by default.`, "alter database … reset default_transaction_isolation;"));
  const skewMs = Math.abs(server.now.getTime() - now().getTime());
  findings.push(skewMs < 60_000
    ? ok("clock", "The database's clock agrees with this machine's.")
    : warn("clock", `The database's clock and this machine's differ by ${Math.round(skewMs / 1000)} s.`, "Set the clock that is wrong: digests and signatures depend on it."));
  findings.push(server.zones === 3
    ? ok("time zones", "The database knows the time zones.")
    : fail("time zones", "The database lacks time-zone data: digests would come at UTC's hours.", "Install the server's tzdata package."));

  const roles = await sql<{ rolname: string; rolsuper: boolean; rolbypassrls: boolean; rolcanlogin: boolean }[]>`
    select rolname::text, rolsuper, rolbypassrls, rolcanlogin from pg_roles where rolname in ${sql(ROLES)}`;
  const missing = ROLES.filter((role) => !roles.some(({ rolname }) => rolname === role));
  findings.push(missing.length === 0
    ? ok("roles", "All roles are there.")
    : fail("roles", `Roles are missing: ${missing.join(", ")}.`, missing.includes("notifier") ? "Apply the migrations: supabase db push." : "Use a Supabase database, or create them as docs/deploy-supabase.md says."));
  const notifier = roles.find(({ rolname }) => rolname === "notifier");
  if (notifier?.rolsuper || notifier?.rolbypassrls) findings.push(fail("roles", "Role notifier may do more than execute.", "alter role notifier nosuperuser nobypassrls;"));
  return [...findings, ...(await checkExtensions(sql))];
}

async function checkExtensions(sql: NonNullable<Deployment["sql"]>): Promise<Finding[]> {
  const rows = await sql<{ name: string; installed: string | null; available: boolean }[]>`
    select n.name, e.extversion as installed, a.name is not null as available
    from unnest(array['pg_cron', 'pg_net', 'supabase_vault', 'pg_stat_statements']) n (name)
    left join pg_extension e on e.extname = n.name
    left join pg_available_extensions a on a.name = n.name`;
  return rows.map(({ name, installed, available }) => {
    if (installed !== null) return ok("extensions", `${name} ${installed} is installed.`);
    const use = name === "pg_stat_statements" ? "slow queries cannot be noticed" : "the schedule needs it; a worker does not";
    return available
      ? warn("extensions", `${name} is not installed: ${use}.`, `create extension ${name};`)
      : warn("extensions", `This server has no ${name}: ${use}.`, name === "pg_stat_statements" ? "Add it to shared_preload_libraries." : "Run apps/worker.");
  });
}
