import type { Sql } from "postgres";
import { breakRule } from "../../supabase/tests/concurrency/break-rule.ts";

/** A rule that can be switched off, so that a run shows that it would notice. */
export interface BrokenRule {
  says: string;
  /** Switches it off in the scratch database. */
  breakIn: (sql: Sql) => Promise<void>;
  /** Switches it off in the workers: each attempt has a key of its own. */
  freshKeys: boolean;
  /** What it takes to fail for sure: only overtaken workers, under a provider that does nothing else wrong. */
  overtaking: boolean;
}

const nothing = async () => {};

export const BROKEN_RULES = {
  key: { says: "every attempt has an idempotency key of its own", breakIn: nothing, freshKeys: true, overtaking: false },
  fencing: {
    says: "attempts begin and are marked whoever holds the dispatch by now",
    freshKeys: false,
    overtaking: true,
    async breakIn(sql) {
      await breakRule(sql, "private.begin_attempt", "and d.attempt = begin_attempt.attempt", "");
      await breakRule(sql, "public.mark_notification_sent", "and d.attempt >= mark_notification_sent.attempt", "");
      await breakRule(sql, "public.mark_notification_failed", "and d.attempt = mark_notification_failed.attempt", "");
    },
  },
  "lock-before-read": {
    says: "recipients are locked and their rows read in one statement",
    freshKeys: false,
    overtaking: false,
    async breakIn(sql) {
      await breakRule(sql, "private.lock_due_recipients", "if pg_try_advisory_xact_lock(private.recipient_lock(v_fresh[i])) then", "if true then");
      // Row locks read the newest version of a row and would hide it.
      await breakRule(sql, "private.claim_notifications", "for update of n skip locked", "");
      // The pause comes after the snapshot: what a busy machine does now and then, every time.
      await breakRule(
        sql, "private.claim_notifications", "from unnest(user_ids) u (user_id)",
        `from unnest(user_ids) u (user_id)
        where case when (select pg_sleep(random() * 0.4)) is not null then pg_try_advisory_xact_lock(private.recipient_lock(u.user_id)) end`);
    },
  },
  "outbox-delete": {
    says: "settling copies messages out of the outbox and leaves them there",
    freshKeys: false,
    overtaking: false,
    async breakIn(sql) {
      await breakRule(
        sql, "private.settle_locked_bursts", /delete from private\.untold_messages u[^]*?returning t\.burst_id[^)]*/,
        `select t.burst_id, u.message_id, u.author_id, u.posted_in, u.posted_at
        from private.untold_messages u
        join (
          select b.event_id, b.announcement, min(b.id) as burst_id
          from unnest(due) b
          group by b.event_id, b.announcement
        ) t using (event_id, announcement)
        `);
    },
  },
} as const satisfies Record<string, BrokenRule>;

export type RuleName = keyof typeof BROKEN_RULES;

export function isRuleName(text: string): text is RuleName {
  return Object.hasOwn(BROKEN_RULES, text);
}
