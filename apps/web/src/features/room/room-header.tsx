import { ActionIcon, Menu } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { InboxEvent } from "../../data/inbox.ts";
import { useWords } from "../../locales/words.tsx";
import { Icon } from "../../ui/icon.tsx";
import { LEVELS, useSetLevel } from "../../data/event-level.ts";
import classes from "./room.module.css";
import { roomWords } from "./words.ts";

export function RoomHeader({ event }: { event: InboxEvent }) {
  const words = useWords(roomWords);
  const setLevel = useSetLevel(event.event_id);
  return (
    <header className={classes.header}>
      <ActionIcon className={classes.back} variant="subtle" color="gray" aria-label={words.back} renderRoot={(props) => <Link to="/" {...props} />}>
        <Icon name="back" mirrored />
      </ActionIcon>
      <div className={classes.titles}>
        <h1 className={classes.title}>
          <bdi>{event.title}</bdi>
        </h1>
        <p className={classes.subtitle}>
          <bdi>{event.organization_name}</bdi>
        </p>
      </div>
      <Menu position="bottom-end" width={220}>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" aria-label={words.level} title={words.level}>
            <Icon name={event.level === "none" ? "muted" : "bell"} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>{words.level}</Menu.Label>
          <Menu.RadioGroup value={event.level} onChange={(value) => setLevel.mutate(LEVELS.find((level) => level === value)!)}>
            {LEVELS.map((level) => (
              <Menu.RadioItem key={level} value={level}>
                {words.levels[level]}
              </Menu.RadioItem>
            ))}
          </Menu.RadioGroup>
        </Menu.Dropdown>
      </Menu>
      {event.runs && (
        <ActionIcon variant="subtle" color="gray" aria-label={words.organize} title={words.organize} renderRoot={(props) => <Link to="/events/$eventId/organize" params={{ eventId: event.event_id }} {...props} />}>
          <Icon name="people" />
        </ActionIcon>
      )}
    </header>
  );
}
