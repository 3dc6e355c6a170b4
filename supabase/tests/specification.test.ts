import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "./harness/test-database.ts";
import { addEvent, addPeople, createDelivery, drain, later, post } from "./harness/world.ts";

/** The specification's statements that concern our tables, word for word. */
const INDEXES = `
-- Performance indexes
CREATE INDEX idx_notifications_status_created ON notifications(status, created_at);
CREATE INDEX idx_notifications_user_id ON notifications(user_id);
CREATE INDEX idx_notifications_event_id ON notifications(event_id);
CREATE INDEX idx_chat_messages_event_created ON chat_messages(event_id, created_at DESC);
`;

const NOTIFICATION_STATS = `
-- Notification processing statistics
CREATE OR REPLACE VIEW notification_stats AS
SELECT 
    DATE(created_at) as date,
    status,
    COUNT(*) as count,
    AVG(EXTRACT(EPOCH FROM (updated_at - created_at))) as avg_processing_time_seconds
FROM notifications 
WHERE created_at >= NOW() - INTERVAL '30 days'
GROUP BY DATE(created_at), status
ORDER BY date DESC, status;
`;

const PENDING = `
-- Check pending notifications
SELECT COUNT(*) FROM notifications WHERE status = 'pending';
`;

const RECENT_ERRORS = `
-- Check recent errors
SELECT * FROM notifications 
WHERE status = 'failed' 
AND created_at > NOW() - INTERVAL '1 hour'
ORDER BY created_at DESC;
`;

const BOUNCES = `
-- Check notification patterns
SELECT 
    u.email,
    COUNT(*) as notification_count,
    COUNT(CASE WHEN n.status = 'failed' THEN 1 END) as failed_count
FROM notifications n
JOIN auth.users u ON n.user_id = u.id
WHERE n.created_at > NOW() - INTERVAL '7 days'
GROUP BY u.email
HAVING COUNT(CASE WHEN n.status = 'failed' THEN 1 END) > 0
ORDER BY failed_count DESC;
`;

const SLOW_QUERIES = `
-- Analyze slow queries
SELECT 
    query,
    mean_exec_time,
    calls
FROM pg_stat_statements 
WHERE query LIKE '%notifications%'
ORDER BY mean_exec_time DESC;
`;

const DAILY_SUMMARY = `
-- Daily performance summary
SELECT 
    DATE(created_at) as date,
    COUNT(*) as total_notifications,
    COUNT(CASE WHEN status = 'sent' THEN 1 END) as sent_count,
    COUNT(CASE WHEN status = 'failed' THEN 1 END) as failed_count,
    ROUND(COUNT(CASE WHEN status = 'sent' THEN 1 END) * 100.0 / COUNT(*), 2) as success_rate
FROM notifications
WHERE created_at >= CURRENT_DATE - INTERVAL '7 days'
GROUP BY DATE(created_at)
ORDER BY date DESC;
`;

const PROCESSING_TIME = `
-- Processing time analysis
SELECT 
    AVG(EXTRACT(EPOCH FROM (updated_at - created_at))) as avg_processing_seconds,
    PERCENTILE_CONT(0.95) WITHIN GROUP (ORDER BY EXTRACT(EPOCH FROM (updated_at - created_at))) as p95_processing_seconds
FROM notifications 
WHERE status = 'sent' 
AND created_at > NOW() - INTERVAL '24 hours';
`;

const CLEANUP = [
  `
-- Archive old notifications (run monthly)
DELETE FROM notifications 
WHERE created_at < NOW() - INTERVAL '90 days'
AND status IN ('sent', 'failed');
`,
  `
-- Vacuum and analyze tables
VACUUM ANALYZE notifications;`,
  `VACUUM ANALYZE chat_messages;`,
];

let database: TestDatabase;
let people: string[];

beforeAll(async () => {
  database = await createTestDatabase();
  const { sql } = database;
  people = await addPeople(sql, 4);
  const event = await addEvent(sql, { participants: people });
  await post(sql, event, people[0]!, "Welcome!");
  const { deps } = createDelivery(sql, () => later(121));
  await drain(deps);
  // Known times: the author's row was skipped, three were sent after 30 s; one of these then failed.
  await sql`update notifications set created_at = now() - interval '10 minutes', updated_at = now() - interval '10 minutes' + interval '30 seconds'`;
  await sql.begin(async (transaction) => {
    await transaction`set local session_replication_role = replica`;
    await transaction`update notifications set status = 'failed', reason = 'bounced' where user_id = ${people[3]!}`;
  });
  // Still waiting, and one of each status from four months ago.
  await post(sql, event, people[1]!, "And goodbye.");
  await sql`
    insert into notifications (user_id, event_id, message_id, lane, status, scheduled_for, reason, email_id, created_at, updated_at)
    select ${people[1]!}, ${event}, 1000 + i, 1, s, now(), 'test', gen_random_uuid(), now() - interval '120 days', now() - interval '120 days'
    from unnest(array['sent', 'failed', 'skipped']) with ordinality u (s, i)`;
});
afterAll(() => database.drop());

test("its four indexes apply beside ours", async () => {
  await database.sql.unsafe(INDEXES);
});

test("its view replaces ours and counts by day and status", async () => {
  await database.sql.unsafe(NOTIFICATION_STATS);
  const rows = await database.sql`select status, count::int, avg_processing_time_seconds::int as seconds from notification_stats order by status`;
  expect([...rows]).toEqual([
    { status: "failed", count: 1, seconds: 30 },
    { status: "pending", count: 4, seconds: 0 },
    { status: "sent", count: 2, seconds: 30 },
    { status: "skipped", count: 1, seconds: 30 },
  ]);
});

test("its view as replaced is not readable by browser roles", async () => {
  await expect(database.connectAs("authenticated", people[0]!)`select * from notification_stats`).rejects.toThrow(/permission denied/);
});

test("its queries of the troubleshooting guide find what waits, what failed and for whom", async () => {
  const { sql } = database;
  expect([...(await sql.unsafe(PENDING))]).toEqual([{ count: "4" }]);
  const errors = await sql.unsafe<{ user_id: string; reason: string }[]>(RECENT_ERRORS);
  expect(errors.map(({ user_id, reason }) => ({ user_id, reason }))).toEqual([{ user_id: people[3], reason: "bounced" }]);
  expect([...(await sql.unsafe(BOUNCES))]).toEqual([{ email: "user4@example.com", notification_count: "2", failed_count: "1" }]);
});

test("its slow query report sees our statements", async () => {
  const rows = await database.sql.unsafe<{ query: string; mean_exec_time: number; calls: string }[]>(SLOW_QUERIES);
  expect(rows.length).toBeGreaterThan(0);
  expect(rows.some(({ query }) => query.includes("get_pending_notifications"))).toBe(true);
});

test("its daily summary and processing times add up", async () => {
  const { sql } = database;
  const [day] = await sql.unsafe(DAILY_SUMMARY);
  expect(day).toMatchObject({ total_notifications: "8", sent_count: "2", failed_count: "1", success_rate: "25.00" });
  const [times] = await sql.unsafe(PROCESSING_TIME);
  expect(Number(times!.avg_processing_seconds)).toBeCloseTo(30, 3);
  expect(Number(times!.p95_processing_seconds)).toBeCloseTo(30, 3);
});

test("its clean-up removes old sent and failed notifications and nothing else", async () => {
  const { sql } = database;
  const before = Number((await sql`select count(*) from notifications`)[0]!.count);
  for (const statement of CLEANUP) await sql.unsafe(statement);
  expect(Number((await sql`select count(*) from notifications`)[0]!.count)).toBe(before - 2);
});

test("every function, trigger and view it names exists", async () => {
  const rows = await database.sql`
    select proname::text as name from pg_proc
    where pronamespace = 'public'::regnamespace
      and proname in ('create_chat_notifications', 'get_pending_notifications', 'mark_notification_sent')
    union
    select tgname from pg_trigger where tgname = 'on_chat_message_created' and tgrelid = 'public.chat_messages'::regclass
    union
    select relname from pg_class where relnamespace = 'public'::regnamespace and relname in ('notifications', 'chat_messages', 'notification_stats')
    order by name`;
  expect(rows.map(({ name }) => name)).toEqual([
    "chat_messages", "create_chat_notifications", "get_pending_notifications", "mark_notification_sent",
    "notification_stats", "notifications", "on_chat_message_created",
  ]);
});
