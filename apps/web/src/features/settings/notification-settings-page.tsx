import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useAccount } from "../../data/account.ts";
import { useSupabase } from "../../data/supabase.ts";
import { useWords } from "../../locales/words.tsx";
import { ErrorState } from "../../ui/error-state.tsx";
import { Page } from "../../ui/page.tsx";
import { AskMute } from "./ask-mute.tsx";
import { BlockedSection } from "./blocked-section.tsx";
import { ConsentSection } from "./consent-section.tsx";
import { ContentSection } from "./content-section.tsx";
import { DeliverySection } from "./delivery-section.tsx";
import { EventsSection } from "./events-section.tsx";
import { LanguageSection } from "./language-section.tsx";
import { LevelSection } from "./level-section.tsx";
import { NextLetterCard } from "./next-letter-card.tsx";
import { organizersDefaultsQuery } from "./organizers-defaults.ts";
import { preferencesQuery } from "./preferences.ts";
import { QuietSection } from "./quiet-section.tsx";
import { SavingState } from "./saving-state.tsx";
import classes from "./settings.module.css";
import { useSaveEventWish, useSavePreferences } from "./use-settings.ts";
import { useWhatIf } from "./use-what-if.ts";
import { WhatIfCard } from "./what-if-card.tsx";
import { settingsWords } from "./words.ts";

/** What a person wants by letter: saved as they go, beside what it means for their next letter and the last month. */
export function NotificationSettingsPage() {
  const words = useWords(settingsWords);
  const supabase = useSupabase();
  const { time_zone: timeZone } = useAccount();
  const { mute } = useSearch({ from: "/signed-in/settings/notifications" });
  const navigate = useNavigate();
  const preferences = useQuery(preferencesQuery(supabase));
  const defaults = useQuery(organizersDefaultsQuery(supabase));
  const { compare, ...whatIf } = useWhatIf();
  const { mutate: change } = useSavePreferences(compare);
  const { mutate: changeWish } = useSaveEventWish(({ event_id, level, muted_until }) =>
    compare({ events: { [event_id]: { level, muted_until: muted_until?.toISOString() ?? null } } }),
  );
  const failed = preferences.isError ? preferences : defaults.isError ? defaults : null;
  return (
    <Page wide title={words.title} lead={words.lead} actions={<SavingState />}>
      {failed && !failed.data ? (
        <ErrorState error={failed.error} onRetry={() => void failed.refetch()} />
      ) : !preferences.data || !defaults.data ? (
        <Skeleton height={320} radius="md" />
      ) : (
        <div className={classes.columns}>
          <div className={classes.sections}>
            {mute && <AskMute eventId={mute} timeZone={timeZone} onChange={changeWish} onDone={() => void navigate({ to: "/settings/notifications", search: {}, replace: true })} />}
            <DeliverySection preferences={preferences.data} usualDelivery={defaults.data.default_delivery} timeZone={timeZone} onChange={change} />
            <QuietSection preferences={preferences.data} timeZone={timeZone} onChange={change} />
            <LevelSection level={preferences.data.level ?? (defaults.data.default_level === "all" ? "all" : "mentions")} onChange={(level) => change({ level })} />
            <EventsSection timeZone={timeZone} onChange={changeWish} />
            <ContentSection mode={preferences.data.content_mode} usualMode={defaults.data.content_mode} onChange={(content_mode) => change({ content_mode })} />
            <BlockedSection />
            <LanguageSection />
            <ConsentSection />
          </div>
          <div className={classes.aside}>
            <NextLetterCard timeZone={timeZone} />
            <WhatIfCard {...whatIf} timeZone={timeZone} />
          </div>
        </div>
      )}
    </Page>
  );
}
