import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import * as v from "valibot";
import { dataOf } from "../../data/failure.ts";
import { MessageId, Time, parseRows } from "../../data/rows.ts";
import { useSupabase } from "../../data/supabase.ts";
import { useTimes } from "../../locales/times.ts";
import { useWords } from "../../locales/words.tsx";
import classes from "./organizing.module.css";
import { organizingWords } from "./words.ts";

const SHOWN = 5;
const OUTCOMES = ["by_reading", "by_letter", "waiting", "unreachable", "by_choice"] as const;

const Announcement = v.object({ id: MessageId, body: v.string(), created_at: Time });
const Reach = v.object({ recipients: v.number(), by_reading: v.number(), by_letter: v.number(), waiting: v.number(), unreachable: v.number(), by_choice: v.number() });

export function Announcements({ eventId }: { eventId: string }) {
  const words = useWords(organizingWords);
  const supabase = useSupabase();
  const { data } = useQuery({
    queryKey: ["announcements", eventId],
    queryFn: async () =>
      parseRows(
        Announcement,
        await dataOf(supabase.from("chat_messages").select("id, body, created_at").eq("event_id", eventId).is("deleted_at", null).ilike("body", "%@everyone%").order("id", { ascending: false }).limit(SHOWN)),
      ),
  });
  if (!data) return <Skeleton height={120} radius="md" />;
  if (data.length === 0) return <p className={classes.quiet}>{words.reachNone}</p>;
  return (
    <ul className={classes.people}>
      {data.map((announcement) => (
        <AnnouncementReach key={announcement.id} announcement={announcement} />
      ))}
    </ul>
  );
}

function AnnouncementReach({ announcement: { id, body, created_at } }: { announcement: v.InferOutput<typeof Announcement> }) {
  const words = useWords(organizingWords);
  const times = useTimes();
  const supabase = useSupabase();
  const { data } = useQuery({
    queryKey: ["reach", id],
    queryFn: async () => parseRows(Reach, await dataOf(supabase.rpc("message_reach", { message_id: id })))[0] ?? null,
    refetchInterval: 10_000,
  });
  return (
    <li className={classes.announcement}>
      <p className={classes.excerpt}>
        <bdi>{body}</bdi>
      </p>
      <p className={classes.quiet}>
        {times.full(created_at)} {data && `· ${words.reachTotal(data.recipients)}`}
      </p>
      {!data ? (
        <Skeleton height={10} radius="xl" mt="sm" />
      ) : (
        <>
          <div className={classes.bar} aria-hidden>
            {OUTCOMES.map((outcome) => data[outcome] > 0 && <span key={outcome} data-outcome={outcome} style={{ flexGrow: data[outcome] }} />)}
          </div>
          <dl className={classes.reach}>
            {OUTCOMES.map((outcome) => (
              <div key={outcome} data-outcome={outcome}>
                <dt>{words.reachOf[outcome]}</dt>
                <dd>{data[outcome]}</dd>
              </div>
            ))}
          </dl>
        </>
      )}
    </li>
  );
}
