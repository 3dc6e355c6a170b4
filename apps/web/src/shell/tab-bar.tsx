import { Menu } from "@mantine/core";
import { Link, useRouteContext } from "@tanstack/react-router";
import type { Account } from "../data/account.ts";
import { countNews, useInbox } from "../data/inbox.ts";
import { useHasMailbox } from "../data/mailbox.ts";
import { useWords } from "../locales/words.tsx";
import { Icon } from "../ui/icon.tsx";
import { UnreadBadge } from "../ui/unread-badge.tsx";
import { ColorSchemeItem } from "./color-scheme-item.tsx";
import { placesFor } from "./navigation.ts";
import classes from "./tab-bar.module.css";
import { shellWords } from "./words.ts";

/** Navigation on a phone: three places within reach of a thumb, the others behind the fourth. */
export function TabBar({ account }: { account: Account }) {
  const words = useWords(shellWords);
  const { session } = useRouteContext({ from: "__root__" });
  const news = countNews(useInbox().data ?? []);
  const places = placesFor(account, useHasMailbox());
  return (
    <nav className={classes.bar} aria-label={words.navigation}>
      {places.slice(0, 3).map(({ to, icon, name }) => (
        <Link key={to} to={to} className={classes.tab} activeProps={{ "data-active": true }} activeOptions={{ exact: to === "/" }} aria-label={name === "bell" ? words.bellWith(news) : undefined}>
          <span className={classes.sign}>
            <Icon name={icon} size={22} />
            {name === "bell" && (
              <span className={classes.count}>
                <UnreadBadge count={news} />
              </span>
            )}
          </span>
          {words[name]}
        </Link>
      ))}
      <Menu position="top-end" width={220}>
        <Menu.Target>
          <button type="button" className={classes.tab}>
            <span className={classes.sign}>
              <Icon name="more" size={22} />
            </span>
            {words.account}
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          {places.slice(3).map(({ to, icon, name }) => (
            <Menu.Item key={to} leftSection={<Icon name={icon} size={16} />} renderRoot={(props) => <Link to={to} {...props} />}>
              {words[name]}
            </Menu.Item>
          ))}
          <ColorSchemeItem />
          <Menu.Divider />
          <Menu.Item leftSection={<Icon name="signOut" size={16} mirrored />} onClick={() => void session.signOut()}>
            {words.signOut}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </nav>
  );
}
