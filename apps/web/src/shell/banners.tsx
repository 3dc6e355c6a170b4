import { Link } from "@tanstack/react-router";
import { useNetwork } from "@mantine/hooks";
import type { Account } from "../data/account.ts";
import { useWords } from "../locales/words.tsx";
import { Icon } from "../ui/icon.tsx";
import classes from "./banners.module.css";
import { Invitations } from "./invitations.tsx";
import { shellWords } from "./words.ts";

/** What concerns every page: no connection, letters that come back, invitations. */
export function Banners({ account }: { account: Account }) {
  const words = useWords(shellWords);
  const { online } = useNetwork();
  return (
    <div role="status">
      {!online && (
        <p className={classes.banner}>
          <Icon name="offline" size={16} /> {words.offline}
        </p>
      )}
      {account.address_problem && (
        <p className={classes.banner} data-serious>
          <Icon name="warning" size={16} /> {words.bounces(account.address ?? "")} <Link to="/settings/account">{words.bouncesFix}</Link>
        </p>
      )}
      <Invitations />
    </div>
  );
}
