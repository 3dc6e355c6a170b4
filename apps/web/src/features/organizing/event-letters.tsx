import { Alert, NativeSelect, Skeleton } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useAccount } from "../../data/account.ts";
import { asking } from "../../data/failure.ts";
import { useSupabase } from "../../data/supabase.ts";
import { useWords } from "../../locales/words.tsx";
import { Icon } from "../../ui/icon.tsx";
import { type EventSettings, eventSettingsQuery, organizationsQuery } from "./organization.ts";
import classes from "./organizing.module.css";
import { organizingWords } from "./words.ts";

const WINDOWS = [0, 60, 120, 300, 900, 3600, 14_400];

/** How letters about the event come about unless somebody chose otherwise; saved as it is chosen. */
export function EventLetters({ eventId }: { eventId: string }) {
  const words = useWords(organizingWords);
  const supabase = useSupabase();
  const queryClient = useQueryClient();
  const runs = useAccount().runs_organization_ids ?? [];
  const { data: settings } = useQuery(eventSettingsQuery(supabase, eventId));
  const ids = settings && runs.includes(settings.organization_id) ? [settings.organization_id] : [];
  const { data: [organization] = [] } = useQuery({ ...organizationsQuery(supabase, ids), enabled: ids.length > 0 });
  const saving = useMutation({
    mutationFn: (change: Partial<EventSettings>) => asking(supabase.from("events").update(change).eq("id", eventId)),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ["event-settings", eventId] }),
  });
  const savingContent = useMutation({
    mutationFn: (content_mode: string) => asking(supabase.from("organizations").update({ content_mode }).eq("id", organization!.id)),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ["organizations"] }),
  });
  if (!settings) return <Skeleton height={290} radius="md" />;
  const { batch_window_seconds: window, default_level: level } = settings;
  const known = window === null || WINDOWS.includes(window) ? WINDOWS : [...WINDOWS, window].sort((a, b) => a - b);
  const failure = saving.error ?? savingContent.error;
  return (
    <div className={classes.form}>
      <NativeSelect
        label={words.window}
        description={words.windowText}
        value={window === null ? "" : String(window)}
        data={[{ value: "", label: words.windowOfOrganization }, ...known.map((seconds) => ({ value: String(seconds), label: words.windows(seconds) }))]}
        onChange={({ currentTarget: { value } }) => saving.mutate({ batch_window_seconds: value === "" ? null : Number(value) })}
      />
      <NativeSelect
        label={words.level}
        description={words.levelText}
        value={level ?? ""}
        data={[{ value: "", label: words.levelOfOrganization }, ...(["all", "mentions", "none"] as const).map((value) => ({ value, label: words.levels[value] }))]}
        onChange={({ currentTarget: { value } }) => saving.mutate({ default_level: value === "all" || value === "mentions" || value === "none" ? value : null })}
      />
      {organization && (
        <NativeSelect
          label={words.content}
          description={words.contentText}
          value={organization.content_mode}
          data={(["full", "redacted", "none"] as const).map((value) => ({ value, label: words.contents[value] }))}
          onChange={(event) => savingContent.mutate(event.currentTarget.value)}
        />
      )}
      <p role="status" className={classes.outcome}>
        {(saving.isSuccess || savingContent.isSuccess) && !failure && (
          <>
            <Icon name="check" size={16} /> {words.saved}
          </>
        )}
      </p>
      {failure && (
        <Alert color="red" variant="light" role="alert">
          {failure.message}
        </Alert>
      )}
    </div>
  );
}
