import type { Sql } from "postgres";

/** A rule broken on purpose, so that the oracle can show that it would notice. */
export interface Mutation {
  /** What the system does wrong then. */
  breaks: string;
  /** In the definition of this function … */
  in: string;
  /** … this is replaced by that. */
  replace: [RegExp, string];
  /** Takes more conversations to come to light (about 10 to 60), so only longer runs try it. */
  rare?: true;
}

export const mutations: Mutation[] = [
  {
    breaks: "tells people their own messages",
    in: "private.gather_news",
    replace: [/when l\.author_id = r\.user_id then 'own_messages'/, "when false then 'own_messages'"],
  },
  {
    breaks: "tells a mention again in the burst's letter",
    in: "private.gather_news",
    replace: [/n\.status in \('pending', 'processing', 'sent'\)/, "false"],
  },
  {
    breaks: "tells deleted messages",
    in: "private.live_message_ids",
    replace: [/and m\.deleted_at is null/, ""],
  },
  {
    breaks: "takes for read what came late with a smaller id",
    in: "private.is_read",
    replace: [/pg_visible_in_snapshot\(posted_in, read_snapshot\)/, "true"],
  },
  {
    breaks: "asks for wishes only when a message is written",
    in: "private.judge_notifications",
    replace: [/else private\.reason_not_to_tell\(.*\)$/m, "else null"],
  },
  {
    breaks: "leaves what it has told in the outbox",
    in: "private.settle_locked_bursts",
    replace: [
      /delete from (private\.untold_messages u)\s+using \(([^]*?)\) t\s+where ([^]*?)\s+returning ([^]*?)\n([^]*?from taken\n)/,
      "select $4 from $1, ($2) t where $3\n$5 on conflict (message_id) do update set burst_id = excluded.burst_id\n",
    ],
  },
  {
    breaks: "forgets messages that commit after their burst settled",
    in: "private.open_missing_bursts",
    replace: [
      /insert into private\.bursts/,
      "delete from private.untold_messages u where u.event_id = v_missing.event_id; insert into private.bursts",
    ],
  },
  {
    breaks: "sends under a new key when nobody knows whether the letters went",
    in: "public.mark_notification_failed",
    replace: [/perform private\.retry_dispatch\([^;]*\);/, "perform private.dissolve_dispatch(dispatch_id, as_of, as_of);"],
  },
  {
    breaks: "lets anybody's @everyone count",
    in: "private.note_messages",
    replace: [/and private\.may_announce\(p\.event_id, p\.user_id\)/, ""],
  },
  {
    breaks: "tells what is in an open window",
    in: "private.batch_window",
    replace: [/secs => coalesce/i, "secs => 0.1 * coalesce"],
    rare: true,
  },
  {
    breaks: "tells what was written before a reader came",
    in: "private.gather_news",
    replace: [/when l\.posted_at < r\.since then 'before_joining'/, "when false then 'before_joining'"],
    rare: true,
  },
  {
    breaks: "tells those who left",
    in: "private.judge_notifications",
    replace: [/when a\.since is null then 'left_event'/, "when false then 'left_event'"],
    rare: true,
  },
  {
    breaks: "goes on behind the first page instead of beginning again",
    in: "private.open_burst",
    replace: [
      /(perform private\.notify_recipients\(v_burst_id[^;]*;)/,
      `$1
      update private.bursts b
      set fan_out_after = (select max(n.user_id::text)::uuid from public.notifications n where n.burst_id = b.id)
      where b.id = v_burst_id;`,
    ],
    rare: true,
  },
  {
    breaks: "sends again when the provider has forgotten the key",
    in: "private.is_too_late",
    replace: [/'23:00:00'::interval|interval '23 hours'/, "interval '99 days'"],
    rare: true,
  },
  {
    breaks: "mails suppressed addresses",
    in: "private.judge_notifications",
    replace: [/when p\.is_suppressed then/, "when false then"],
    rare: true,
  },
  {
    breaks: "mails people who did not agree",
    in: "private.judge_notifications",
    replace: [/when f\.consent_required and not p\.has_consented then/, "when false then"],
    rare: true,
  },
  {
    breaks: "mails addresses that nobody confirmed",
    in: "private.recipient_people",
    replace: [/when u\.email_confirmed_at is null then/, "when false then"],
    rare: true,
  },
  {
    breaks: "tells what blocked people write",
    in: "private.gather_news",
    replace: [/when b\.sender_id is not null then/, "when false then"],
    rare: true,
  },
  {
    breaks: "takes every digest for one in UTC",
    in: "private.next_digest_at",
    replace: [/v_zone text := private\.known_zone\(time_zone\)/, "v_zone text := 'UTC'"],
    rare: true,
  },
];

/** Breaks the rule in this database; returns how to mend it. Throws when the code no longer has it where the mutation looks. */
export async function mutate(sql: Sql, { in: name, replace: [pattern, replacement] }: Mutation): Promise<() => Promise<void>> {
  const [row] = await sql<[{ definition: string }]>`select pg_get_functiondef(${name}::regproc) as definition`;
  const mutated = row.definition.replace(pattern, replacement);
  if (mutated === row.definition) throw new Error(`${name} has no ${pattern}: the mutation must follow the code.`);
  await sql.unsafe(mutated);
  return async () => void (await sql.unsafe(row.definition));
}
