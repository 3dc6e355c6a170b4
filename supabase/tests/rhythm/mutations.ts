import type { Mutation } from "../oracle/mutations.ts";

/** Rules of a reader's rhythm, broken on purpose; the rare ones are tried in longer runs. */
export const mutations: Mutation[] = [
  { breaks: "waits six hours after the first letter", in: "private.hold_until", replace: [/'01:00:00'::interval/, "'06:00:00'::interval"] },
  { breaks: "waits no longer after the second letter", in: "private.judge_notifications", replace: [/least\(t\.back_off_step \+ 1, 3\)/, "1"], rare: true },
  { breaks: "mails people while they are in the room", in: "private.hold_until", replace: [/'00:01:00'::interval/, "'00:00:00'::interval"] },
  { breaks: "goes on waiting after a visit", in: "private.set_read_mark", replace: [/if v_came_back then/, "if false then"] },
  { breaks: "forgets that a visit ends the back-off", in: "private.hold_until", replace: [/last_seen_at < last_letter_at/, "true"], rare: true },
  { breaks: "does not notice silence", in: "private.stirred_at", replace: [/'12:00:00'::interval/, "'99 days'::interval"] },
  {
    breaks: "makes mentions wait for a visit", in: "private.judge_notifications",
    replace: [/private\.hold_until\(t\.addressed, as_of/, "private.hold_until(false, as_of"],
  },
  { breaks: "slows down after mentions, too", in: "private.judge_notifications", replace: [/when t\.addressed then null/, "when false then null"], rare: true },
  { breaks: "sends any number of letters a day", in: "private.judge_notifications", replace: [/when t\.is_at_cap and t\.user_id/, "when false and t.user_id"] },
  { breaks: "sends any number of mentions an hour", in: "private.is_mentioned_enough", replace: [/>= 5\b/, ">= 99"] },
  { breaks: "knows no quiet hours", in: "private.end_of_quiet", replace: [/if \(v_begun[^]*?then/, "if false then"] },
  { breaks: "keeps mentions quiet that may pass", in: "private.due_at", replace: [/\(wishes\)\.quiet_except_mentions/, "false"], rare: true },
  { breaks: "comes every two hours", in: "private.next_full_hour", replace: [/interval '1 hour'/, "interval '2 hours'"], rare: true },
  { breaks: "comes on the day after", in: "private.next_digest_at", replace: [/weekly_on - extract/, "weekly_on + 1 - extract"] },
  { breaks: "takes every digest for one in UTC", in: "private.next_digest_at", replace: [/v_zone text := private\.known_zone\(time_zone\)/, "v_zone text := 'UTC'"], rare: true },
  { breaks: "leaves what waits where it was when wishes change", in: "private.reschedule_after_change", replace: [/perform private\.reschedule_notifications\(new\.user_id\);/, ""] },
  { breaks: "forgets mutes that end", in: "private.reason_not_to_tell", replace: [/\(wishes\)\.muted_until > as_of/, "false"], rare: true },
  { breaks: "tells what blocked people write", in: "private.gather_news", replace: [/when b\.sender_id is not null then/, "when false then"], rare: true },
];
