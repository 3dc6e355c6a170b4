import { Button, Menu, NativeSelect } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useInbox } from "../../data/inbox.ts";
import { useSupabase } from "../../data/supabase.ts";
import { createTimes } from "../../locales/times.ts";
import { useLanguage, useWords } from "../../locales/words.tsx";
import { Icon } from "../../ui/icon.tsx";
import { Section } from "../../ui/page.tsx";
import { type EventWish, LEVELS, type Level, eventWishesQuery, wishFor } from "./event-wishes.ts";
import { muteTimes } from "./mute-times.ts";
import classes from "./settings.module.css";
import { settingsWords } from "./words.ts";

export function EventsSection({ timeZone, onChange }: { timeZone: string; onChange(wish: EventWish): void }) {
  const words = useWords(settingsWords);
  const events = useInbox().data ?? [];
  const wishes = useQuery(eventWishesQuery(useSupabase())).data;
  return (
    <Section title={words.events} lead={words.eventsLead}>
      {events.length === 0 ? (
        <p className={classes.quiet}>{words.noEvents}</p>
      ) : (
        <ul className={classes.events}>
          {wishes && events.map(({ event_id, title }) => <EventRow key={event_id} title={title} wish={wishFor(wishes, event_id)} timeZone={timeZone} onChange={onChange} />)}
        </ul>
      )}
    </Section>
  );
}

function EventRow({ title, wish, timeZone, onChange }: { title: string; wish: EventWish; timeZone: string; onChange(wish: EventWish): void }) {
  const words = useWords(settingsWords);
  const times = createTimes(useLanguage(), timeZone);
  const muted = wish.muted_until !== null && wish.muted_until > new Date();
  return (
    <li className={classes.event}>
      <div className={classes.eventName}>
        <bdi>{title}</bdi>
        {muted && (
          <span className={classes.muted}>
            <Icon name="muted" size={14} /> {words.mutedUntil(times.full(wish.muted_until!))}
          </span>
        )}
      </div>
      <div className={classes.controls}>
        <NativeSelect
          aria-label={words.levelOf(title)}
          value={wish.level ?? ""}
          data={[{ value: "", label: words.asElsewhere }, ...LEVELS.map((level) => ({ value: level, label: words.levels[level] }))]}
          onChange={({ currentTarget: { value } }) => onChange({ ...wish, level: value === "" ? null : (value as Level) })}
        />
        {muted ? (
          <Button variant="default" size="sm" onClick={() => onChange({ ...wish, muted_until: null })}>
            {words.unmute}
          </Button>
        ) : (
          <MuteMenu title={title} timeZone={timeZone} onMute={(until) => onChange({ ...wish, muted_until: until })} />
        )}
      </div>
    </li>
  );
}

function MuteMenu({ title, timeZone, onMute }: { title: string; timeZone: string; onMute(until: Date): void }) {
  const words = useWords(settingsWords);
  const times = createTimes(useLanguage(), timeZone);
  const ends = muteTimes(new Date(), timeZone);
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default" size="sm" aria-label={words.muteEvent(title)} leftSection={<Icon name="muted" size={16} />}>
          {words.mute}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => onMute(ends.hour)}>{words.muteHour}</Menu.Item>
        <Menu.Item onClick={() => onMute(ends.tomorrow)}>{words.muteTomorrow(times.clock(ends.tomorrow))}</Menu.Item>
        <Menu.Item onClick={() => onMute(ends.week)}>{words.muteWeek}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
