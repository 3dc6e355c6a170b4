import { Alert, Button, Group } from "@mantine/core";
import { useInbox } from "../../data/inbox.ts";
import { useWords } from "../../locales/words.tsx";
import { Icon } from "../../ui/icon.tsx";
import type { EventWish } from "./event-wishes.ts";
import { muteTimes } from "./mute-times.ts";
import { settingsWords } from "./words.ts";

/** Where a letter's "mute this event" leads: it asks, because a link that somebody's scanner opens must change nothing. */
export function AskMute({ eventId, timeZone, onChange, onDone }: { eventId: string; timeZone: string; onChange(wish: EventWish): void; onDone(): void }) {
  const words = useWords(settingsWords);
  const event = useInbox().data?.find(({ event_id }) => event_id === eventId);
  if (!event) return null;
  const choose = (wish: Omit<EventWish, "event_id">) => () => {
    onChange({ event_id: eventId, ...wish });
    onDone();
  };
  return (
    <Alert mb="lg" variant="light" icon={<Icon name="muted" />} title={words.askMute(event.title)}>
      <p>{words.askMuteText}</p>
      <Group gap="xs" mt="sm">
        <Button size="xs" onClick={choose({ level: "none", muted_until: null })}>
          {words.levels.none}
        </Button>
        <Button size="xs" variant="default" onClick={choose({ level: "mentions", muted_until: null })}>
          {words.levels.mentions}
        </Button>
        <Button size="xs" variant="default" onClick={choose({ level: null, muted_until: muteTimes(new Date(), timeZone).week })}>
          {words.muteWeek}
        </Button>
        <Button size="xs" variant="subtle" onClick={onDone}>
          {words.notNow}
        </Button>
      </Group>
    </Alert>
  );
}
