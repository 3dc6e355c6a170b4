import { NativeSelect } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type Account, accountQuery, useAccount } from "../../data/account.ts";
import { asking } from "../../data/failure.ts";
import { useSupabase } from "../../data/supabase.ts";
import { chooseLanguage } from "../../locales/chosen-language.ts";
import { LANGUAGES, LANGUAGE_NAMES, findLanguage } from "../../locales/languages.ts";
import { useWords } from "../../locales/words.tsx";
import { Section } from "../../ui/page.tsx";
import classes from "./settings.module.css";
import { settingsWords } from "./words.ts";

/** The profile's language and zone: the letters', and the app's on every browser. */
export function LanguageSection() {
  const words = useWords(settingsWords);
  const account = useAccount();
  const supabase = useSupabase();
  const queryClient = useQueryClient();
  const { queryKey } = accountQuery(supabase);
  const save = useMutation({
    mutationKey: ["settings"],
    scope: { id: "settings" },
    mutationFn: (change: Partial<Pick<Account, "locale" | "time_zone">>) => asking(supabase.from("profiles").update(change).eq("user_id", account.user_id)),
    onMutate: (change) => {
      queryClient.setQueryData(queryKey, { ...account, ...change });
      if (change.locale) chooseLanguage(findLanguage(change.locale));
      return account;
    },
    onError: (_error, _change, before) => before && queryClient.setQueryData(queryKey, before),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ["settings", "next-letter"] }),
  });
  const zones = Intl.supportedValuesOf("timeZone");
  return (
    <Section title={words.language} lead={words.languageLead}>
      <div className={classes.fields}>
        <NativeSelect
          className={classes.field}
          label={words.language}
          value={findLanguage(account.locale)}
          data={LANGUAGES.map((value) => ({ value, label: LANGUAGE_NAMES[value] }))}
          onChange={(event) => save.mutate({ locale: event.currentTarget.value })}
        />
        <NativeSelect
          className={classes.field}
          label={words.timeZone}
          value={account.time_zone}
          data={[...new Set([account.time_zone, "UTC", ...zones])].sort()}
          onChange={(event) => save.mutate({ time_zone: event.currentTarget.value })}
        />
      </div>
    </Section>
  );
}
