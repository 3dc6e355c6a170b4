import { Loader } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useSearch } from "@tanstack/react-router";
import { Suspense, lazy } from "react";
import { useAccount } from "../../data/account.ts";
import { useSupabase } from "../../data/supabase.ts";
import { useWords } from "../../locales/words.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { Page } from "../../ui/page.tsx";
import { nowQuery } from "./now.ts";
import classes from "./operator.module.css";
import { operatorWords } from "./words.ts";

const VIEWS = {
  now: lazy(() => import("./now-view.tsx")),
  alerts: lazy(() => import("./alerts-view.tsx")),
  failed: lazy(() => import("./dead-letters-view.tsx")),
  letters: lazy(() => import("./letters-view.tsx")),
  delivery: lazy(() => import("./delivery-view.tsx")),
  templates: lazy(() => import("./templates-view.tsx")),
  log: lazy(() => import("./log-view.tsx")),
};
type ViewName = keyof typeof VIEWS;

export function OperatorPage() {
  const words = useWords(operatorWords);
  // The database refuses everybody else whatever this page shows.
  if (!useAccount().is_operator)
    return (
      <Page title={words.title}>
        <EmptyState icon="cockpit" title={words.notForYou}>
          {words.notForYouText}
        </EmptyState>
      </Page>
    );
  return <Cockpit />;
}

function showTab(tab: HTMLElement | null): void {
  const tabs = tab?.parentElement;
  if (!tab || !tabs) return;
  const [place, room] = [tab.getBoundingClientRect(), tabs.getBoundingClientRect()];
  // Not scrollIntoView(): that moves whatever else can be scrolled, too.
  tabs.scrollBy({ left: place.left + place.width / 2 - room.left - room.width / 2 });
}

function Cockpit() {
  const words = useWords(operatorWords);
  const { view: wanted } = useSearch({ from: "/signed-in/operator" });
  const now = useQuery(nowQuery(useSupabase())).data;
  const name: ViewName = wanted !== undefined && Object.hasOwn(VIEWS, wanted) ? (wanted as ViewName) : "now";
  const tallies: Partial<Record<ViewName, number>> = { alerts: now?.open_alerts ?? 0, failed: now?.dead_letters ?? 0 };
  const View = VIEWS[name];
  return (
    <Page wide title={words.title}>
      <nav className={classes.views} aria-label={words.title}>
        {/* On a phone the tabs scroll: the chosen one is brought into sight. */}
        {(Object.keys(VIEWS) as ViewName[]).map((view) => (
          <Link key={view} to="/operator" search={view === "now" ? {} : { view }} className={classes.view} aria-current={view === name ? "page" : undefined} ref={view === name ? showTab : undefined} activeOptions={{ exact: true }}>
            {words.views[view]}
            {tallies[view] ? <span className={classes.tally}>{tallies[view]}</span> : null}
          </Link>
        ))}
      </nav>
      <Suspense fallback={<Loader type="dots" />}>
        <View />
      </Suspense>
    </Page>
  );
}
