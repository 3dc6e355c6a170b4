import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { type Account, accountQuery } from "../../data/account.ts";
import { Failure, asking } from "../../data/failure.ts";
import { useSupabase } from "../../data/supabase.ts";
import { LANGUAGES, LANGUAGE_NAMES, findLanguage } from "../../locales/languages.ts";
import { useWords } from "../../locales/words.tsx";
import { timeZonesWith } from "../../locales/time-zones.ts";
import { Icon } from "../../ui/icon.tsx";
import classes from "./account.module.css";
import { accountWords } from "./words.ts";

export function ProfileForm({ account }: { account: Account }) {
  const words = useWords(accountWords);
  const supabase = useSupabase();
  const queryClient = useQueryClient();
  const [name, setName] = useState(account.display_name);
  const [handle, setHandle] = useState(account.handle);
  const [language, setLanguage] = useState(findLanguage(account.locale));
  const [zone, setZone] = useState(account.time_zone);
  // A regional locale stays as it is while its language does.
  const locale = language === findLanguage(account.locale) ? account.locale : language;
  const saving = useMutation({
    async mutationFn() {
      await asking(supabase.rpc("say_who_i_am", { display_name: name.trim(), handle, locale, time_zone: zone }));
      await queryClient.invalidateQueries({ queryKey: accountQuery(supabase).queryKey });
      await queryClient.invalidateQueries({ queryKey: ["person", account.user_id] });
    },
  });
  const changed = name.trim() !== account.display_name || handle !== account.handle || locale !== account.locale || zone !== account.time_zone;
  const failure = saving.error instanceof Failure ? saving.error : null;
  return (
    <form
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault();
        saving.mutate();
      }}
    >
      <TextInput label={words.name} required maxLength={100} autoComplete="name" value={name} onChange={(event) => setName(event.currentTarget.value)} />
      <TextInput
        label={words.handle}
        required
        maxLength={32}
        leftSection="@"
        dir="ltr"
        spellCheck={false}
        autoCapitalize="none"
        value={handle}
        onChange={(event) => setHandle(event.currentTarget.value.toLowerCase().trim())}
        error={failure?.code === "CN070" ? words.taken : undefined}
      />
      <NativeSelect
        label={words.language}
        value={language}
        data={LANGUAGES.map((value) => ({ value, label: LANGUAGE_NAMES[value] }))}
        onChange={(event) => setLanguage(findLanguage(event.currentTarget.value))}
      />
      <NativeSelect label={words.zone} value={zone} data={timeZonesWith(account.time_zone)} onChange={(event) => setZone(event.currentTarget.value)} />
      <div className={classes.buttons}>
        <Button type="submit" loading={saving.isPending} disabled={!changed}>
          {words.save}
        </Button>
        <span role="status" className={classes.outcome}>
          {saving.isSuccess && !changed && (
            <>
              <Icon name="check" size={16} /> {words.saved}
            </>
          )}
        </span>
        {saving.isError && failure?.code !== "CN070" && (
          <span role="alert" className={classes.failed}>
            {words.failed}
          </span>
        )}
      </div>
    </form>
  );
}
