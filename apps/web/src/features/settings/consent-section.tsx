import { Button } from "@mantine/core";
import type { SupabaseClient } from "@supabase/supabase-js";
import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import * as v from "valibot";
import { asking, dataOf } from "../../data/failure.ts";
import { Time, parseRows } from "../../data/rows.ts";
import { useSupabase } from "../../data/supabase.ts";
import { useTimes } from "../../locales/times.ts";
import { useWords } from "../../locales/words.tsx";
import { Section } from "../../ui/page.tsx";
import classes from "./settings.module.css";
import { settingsWords } from "./words.ts";

/** Of the sentence in these words: a new wording gets a new name. */
const WORDING = "1";

const Consent = v.object({ given_at: Time, withdrawn_at: v.nullable(Time) });

const consentQuery = (supabase: SupabaseClient) =>
  queryOptions({
    queryKey: ["settings", "consent"],
    queryFn: async () => parseRows(Consent, await dataOf(supabase.from("notification_consents").select("given_at, withdrawn_at")))[0] ?? null,
  });

export function ConsentSection() {
  const words = useWords(settingsWords);
  const times = useTimes();
  const supabase = useSupabase();
  const queryClient = useQueryClient();
  const consent = useQuery(consentQuery(supabase));
  const change = useMutation({
    mutationKey: ["settings"],
    scope: { id: "settings" },
    mutationFn: (give: boolean) => asking(give ? supabase.rpc("give_consent", { source: "settings", wording_version: WORDING }) : supabase.rpc("withdraw_consent")),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ["settings"] }),
  });
  if (consent.data === undefined) return null;
  const given = consent.data && !consent.data.withdrawn_at;
  return (
    <Section title={words.consent} lead={words.consentText}>
      <div className={classes.controls}>
        {given && <p className={classes.quiet}>{words.consentGiven(times.full(consent.data!.given_at))}</p>}
        <Button variant={given ? "default" : "filled"} size="xs" loading={change.isPending} onClick={() => change.mutate(!given)}>
          {given ? words.withdrawConsent : words.giveConsent}
        </Button>
      </div>
    </Section>
  );
}
