import { Loader } from "@mantine/core";
import { useSuspenseQuery } from "@tanstack/react-query";
import { Outlet, useMatches } from "@tanstack/react-router";
import { Suspense, lazy, useEffect } from "react";
import { accountQuery } from "../data/account.ts";
import { useSupabase } from "../data/supabase.ts";
import { chooseLanguage } from "../locales/chosen-language.ts";
import { findLanguage } from "../locales/languages.ts";
import { useWords } from "../locales/words.tsx";
import { Banners } from "./banners.tsx";
import { Sidebar } from "./sidebar.tsx";
import { TabBar } from "./tab-bar.tsx";
import classes from "./shell.module.css";
import { shellWords } from "./words.ts";

const WelcomePage = lazy(() => import("../features/welcome/welcome-page.tsx").then(({ WelcomePage }) => ({ default: WelcomePage })));

/** The frame of every page of a signed-in person. */
export function Shell() {
  return (
    <Suspense fallback={<Waiting />}>
      <Frame />
    </Suspense>
  );
}

function Frame() {
  const words = useWords(shellWords);
  const { data: account } = useSuspenseQuery(accountQuery(useSupabase()));
  const inRoom = useMatches({ select: (matches) => matches.some(({ routeId }) => routeId === "/signed-in/events/$eventId") });
  useEffect(() => {
    if (account.welcomed_at) chooseLanguage(findLanguage(account.locale));
  }, [account.locale, account.welcomed_at]);
  if (!account.welcomed_at) return <WelcomePage account={account} />;
  return (
    <div className={classes.shell} data-room={inRoom || undefined}>
      <a className={classes.skip} href="#content">
        {words.skip}
      </a>
      <Sidebar account={account} />
      <div className={classes.main}>
        <Banners account={account} />
        <main id="content" className={classes.content} tabIndex={-1}>
          <Suspense fallback={<Waiting />}>
            <Outlet />
          </Suspense>
        </main>
      </div>
      <TabBar account={account} />
    </div>
  );
}

function Waiting() {
  return (
    <div className={classes.waiting}>
      <Loader type="dots" />
    </div>
  );
}
