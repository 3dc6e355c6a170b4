import { ActionIcon, Menu } from "@mantine/core";
import { Link, useRouteContext } from "@tanstack/react-router";
import type { Account } from "../data/account.ts";
import { countNews, useInbox } from "../data/inbox.ts";
import { useHasMailbox } from "../data/mailbox.ts";
import { useWords } from "../locales/words.tsx";
import { Icon } from "../ui/icon.tsx";
import { PersonAvatar } from "../ui/person-avatar.tsx";
import { UnreadBadge } from "../ui/unread-badge.tsx";
import { ColorSchemeItem } from "./color-scheme-item.tsx";
import { placesFor } from "./navigation.ts";
import classes from "./sidebar.module.css";
import { shellWords } from "./words.ts";

/** Navigation on a wide screen: places, then the events with what is unread in them. */
export function Sidebar({ account }: { account: Account }) {
  const words = useWords(shellWords);
  const { data: events } = useInbox();
  const news = countNews(events ?? []);
  return (
    <nav className={classes.sidebar} aria-label={words.navigation}>
      <AccountMenu account={account} />
      <ul className={classes.places}>
        {placesFor(account, useHasMailbox()).map(({ to, icon, name }) => (
          <li key={to}>
            <Link to={to} className={classes.place} activeProps={{ "data-active": true }} activeOptions={{ exact: to === "/" }} aria-label={name === "bell" ? words.bellWith(news) : undefined}>
              <Icon name={icon} />
              <span className={classes.name}>{words[name]}</span>
              {name === "bell" && <UnreadBadge count={news} />}
            </Link>
          </li>
        ))}
      </ul>
      <div className={classes.heading}>
        <h2>{words.events}</h2>
        {(account.runs_organization_ids ?? []).length > 0 && (
          <ActionIcon variant="subtle" color="gray" size="sm" aria-label={words.newEvent} title={words.newEvent} renderRoot={(props) => <Link to="/events/new" {...props} />}>
              <Icon name="plus" size={16} />
            </ActionIcon>
        )}
      </div>
      <ul className={classes.events}>
        {events?.length === 0 && <li className={classes.nothing}>{words.noEvents}</li>}
        {events?.map((event) => (
          <li key={event.event_id}>
            <Link to="/events/$eventId" params={{ eventId: event.event_id }} className={classes.place} activeProps={{ "data-active": true }} data-unread={event.unread > 0 || undefined}>
              <Icon name={event.level === "none" ? "muted" : "chat"} size={16} />
              <bdi className={classes.name}>{event.title}</bdi>
              <UnreadBadge count={event.unread} mentions={event.mentions} label={words.unread(event.unread)} quiet={event.level !== "all"} />
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function AccountMenu({ account }: { account: Account }) {
  const words = useWords(shellWords);
  const { session } = useRouteContext({ from: "__root__" });
  return (
    <Menu position="bottom-start" width={220}>
      <Menu.Target>
        <button type="button" className={classes.account}>
          <PersonAvatar name={account.display_name} id={account.user_id} size={28} />
          <bdi className={classes.name}>{account.display_name}</bdi>
          <Icon name="down" size={14} />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{account.address}</Menu.Label>
        <Menu.Item leftSection={<Icon name="person" size={16} />} renderRoot={(props) => <Link to="/settings/account" {...props} />}>
          {words.account}
        </Menu.Item>
        <ColorSchemeItem />
        <Menu.Divider />
        <Menu.Item leftSection={<Icon name="signOut" size={16} mirrored />} onClick={() => void session.signOut()}>
          {words.signOut}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
