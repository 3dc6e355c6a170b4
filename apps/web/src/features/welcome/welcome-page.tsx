import { Alert, Button, Checkbox, NativeSelect, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { type Account, accountQuery } from "../../data/account.ts";
import { asking, Failure } from "../../data/failure.ts";
import { useSupabase } from "../../data/supabase.ts";
import { chooseLanguage } from "../../locales/chosen-language.ts";
import { LANGUAGES, LANGUAGE_NAMES, findLanguage } from "../../locales/languages.ts";
import { timeZonesWith } from "../../locales/time-zones.ts";
import { createTimes } from "../../locales/times.ts";
import { useLanguage, useWords } from "../../locales/words.tsx";
import classes from "./welcome.module.css";
import { welcomeWords } from "./words.ts";

/** To which wording of the question the answer belongs; another number asks nobody again by itself. */
const WORDING = "1";
const HANDLE = /^[a-z0-9]([a-z0-9_.-]{0,30}[a-z0-9_])?$/;

/** The first visit: name, handle, language, time zone, and whether letters are welcome. */
export function WelcomePage({ account }: { account: Account }) {
  const words = useWords(welcomeWords);
  const language = useLanguage();
  const supabase = useSupabase();
  const queryClient = useQueryClient();
  const invented = account.handle.startsWith("guest-");
  const [name, setName] = useState(account.display_name === "Guest" ? "" : account.display_name);
  const [handle, setHandle] = useState(invented ? "" : account.handle);
  const [zone, setZone] = useState(Intl.DateTimeFormat().resolvedOptions().timeZone);
  const [letters, setLetters] = useState(false);
  const wrongHandle = handle !== "" && (!HANDLE.test(handle) || handle === "everyone");
  const saving = useMutation({
    async mutationFn() {
      if (letters) await asking(supabase.rpc("give_consent", { source: "onboarding", wording_version: WORDING }));
      await asking(supabase.rpc("say_who_i_am", { display_name: name.trim(), handle, locale: language, time_zone: zone }));
      await queryClient.refetchQueries(accountQuery(supabase));
    },
  });
  const code = saving.error instanceof Failure ? saving.error.code : null;
  return (
    <main className={classes.page}>
      <form
        className={classes.card}
        onSubmit={(event) => {
          event.preventDefault();
          saving.mutate();
        }}
      >
        <img src="/favicon.svg" alt="" width={44} height={44} />
        <h1>{words.title}</h1>
        <p className={classes.lead}>{words.lead}</p>
        <TextInput label={words.name} description={words.nameText} autoComplete="name" required maxLength={100} value={name} onChange={(event) => setName(event.currentTarget.value)} />
        <TextInput
          label={words.handle}
          description={words.handleText}
          leftSection="@"
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          required
          maxLength={32}
          dir="ltr"
          value={handle}
          onChange={(event) => setHandle(event.currentTarget.value.toLowerCase().trim())}
          error={wrongHandle ? words.handleRule : code === "CN070" ? words.taken : undefined}
        />
        <NativeSelect
          label={words.language}
          value={language}
          data={LANGUAGES.map((value) => ({ value, label: LANGUAGE_NAMES[value] }))}
          onChange={(event) => chooseLanguage(findLanguage(event.currentTarget.value))}
        />
        <NativeSelect
          label={words.zone}
          description={words.zoneText(createTimes(language, zone).clock(new Date()))}
          value={zone}
          data={timeZonesWith(zone)}
          onChange={(event) => setZone(event.currentTarget.value)}
        />
        <Checkbox className={classes.letters} label={words.letters} description={words.lettersText(account.address ?? "")} checked={letters} onChange={(event) => setLetters(event.currentTarget.checked)} />
        {saving.error && code !== "CN070" && (
          <Alert color="red" variant="light" role="alert">
            {words.failed}
          </Alert>
        )}
        <Button type="submit" size="md" loading={saving.isPending} disabled={wrongHandle}>
          {words.go}
        </Button>
      </form>
    </main>
  );
}
