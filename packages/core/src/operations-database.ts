import type { Sql } from "postgres";

export interface ProcessorIdentity {
  /** Unique among processors that run at the same time. */
  id: string;
  kind: "worker" | "schedule" | "local";
  version: string;
}

/** What `private.health()` says; the function adds what only it can see. */
export interface DatabaseHealth {
  status: "ok" | "degraded" | "down";
  /** Codes: docs/operations.md. */
  reasons: string[];
  details: Record<string, unknown> & { schema_version: number };
}

/** One change of an alert that has to be told outside the app. */
export interface AlertTelling {
  alertId: string;
  change: "opened" | "closed";
  name: string;
  title: string;
  unit: "share" | "seconds" | "count";
  opensAbove: number;
  value: number;
  since: Date;
  mailOwed: boolean;
  postOwed: boolean;
  sender: string;
  /** Of operators; may be empty. */
  addresses: string[];
  appUrl: string;
}

export interface Metric {
  name: string;
  labels: Record<string, string>;
  value: number;
}

/** The SQL functions of running it: heartbeats, counting, alerts, health. Needs only the rights of role `notifier`. */
export interface Operations {
  beat(processor: ProcessorIdentity): Promise<void>;
  /** Counts one step; false: nothing was left to count. */
  rollUp(): Promise<boolean>;
  /** Returns how many alerts opened or closed. */
  checkAlerts(): Promise<number>;
  /** Holds what it returns for two minutes. */
  takeAlertTellings(): Promise<AlertTelling[]>;
  noteAlertTold(telling: AlertTelling, channel: "mail" | "webhook"): Promise<void>;
  /** One small step of retention; what it did by kind, null: nothing to do for now. */
  retain(): Promise<Record<string, number> | null>;
  /** A function turned so many strangers away. */
  noteRefusals(what: string, times: number): Promise<void>;
  health(): Promise<DatabaseHealth>;
  metrics(): Promise<Metric[]>;
  schemaVersion(): Promise<number>;
}

/** @param options.asOf the clock to decide by, for tests; default: the database's own */
export function createPostgresOperations(sql: Sql, options: { deploymentUrl: string; asOf?: () => Date }): Operations {
  const asOf = () => (options.asOf === undefined ? sql`now()` : sql`${options.asOf()}::timestamptz`);
  return {
    async beat({ id, kind, version }) {
      await sql`select private.beat(${id}, ${kind}, ${version}, ${asOf()})`;
    },
    async rollUp() {
      const [row] = await sql<[{ went: boolean }]>`select private.roll_up(${asOf()}) > interval '0' as went`;
      return row.went;
    },
    async checkAlerts() {
      const [row] = await sql<[{ changes: number }]>`select private.check_alerts(${asOf()}) as changes`;
      return row.changes;
    },
    async takeAlertTellings() {
      return sql<AlertTelling[]>`
        select alert_id::text as "alertId", change, name, title, unit, opens_above as "opensAbove", value, since,
          mail_owed as "mailOwed", post_owed as "postOwed", sender, to_json(addresses) as addresses, app_url as "appUrl"
        from private.take_alert_tellings(${options.deploymentUrl}, ${asOf()})`;
    },
    async noteAlertTold({ alertId, change }, channel) {
      await sql`select private.note_alert_told(${alertId}, ${change}, ${channel}, ${asOf()})`;
    },
    async retain() {
      const [row] = await sql<[{ counts: Record<string, number> | null }]>`select private.retain(500, ${asOf()}) as counts`;
      return row.counts;
    },
    async noteRefusals(what, times) {
      await sql`select private.note_refusals(${what}, ${times}, ${asOf()})`;
    },
    async health() {
      const [row] = await sql<[{ health: DatabaseHealth }]>`select private.health(${asOf()}) as health`;
      return row.health;
    },
    async metrics() {
      return sql<Metric[]>`select name, labels, value from private.metrics(${asOf()})`;
    },
    async schemaVersion() {
      const [row] = await sql<[{ version: number }]>`select private.schema_version() as version`;
      return row.version;
    },
  };
}
