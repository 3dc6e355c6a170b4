import { Button, Drawer, Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useSupabase } from "../../data/supabase.ts";
import { useTimes } from "../../locales/times.ts";
import { useWords } from "../../locales/words.tsx";
import { ErrorState } from "../../ui/error-state.tsx";
import { uiWords } from "../../ui/words.ts";
import { tellFacts } from "./facts.ts";
import { LetterView } from "./letter-view.tsx";
import { letterPersonQuery, timelineQuery } from "./letters.ts";
import classes from "./operator.module.css";
import { operatorWords } from "./words.ts";

/** A letter's whole life, from the messages it tells to the provider's last word, and the letter itself on request. */
export function LetterDetails({ emailId, onClose }: { emailId: string | null; onClose(): void }) {
  const { close } = useWords(uiWords);
  return (
    <Drawer opened={emailId !== null} onClose={onClose} position="right" size="xl" title={<span className={classes.mono}>{emailId}</span>} closeButtonProps={{ "aria-label": close }}>
      {emailId && <Details key={emailId} emailId={emailId} />}
    </Drawer>
  );
}

function Details({ emailId }: { emailId: string }) {
  const words = useWords(operatorWords);
  const times = useTimes();
  const supabase = useSupabase();
  const timeline = useQuery(timelineQuery(supabase, emailId));
  const person = useQuery(letterPersonQuery(supabase, emailId)).data;
  const [opened, setOpened] = useState(false);
  return (
    <>
      <h2>{words.timeline}</h2>
      {timeline.isPending && <Skeleton height={160} radius="md" mt="sm" />}
      {timeline.isError && <ErrorState error={timeline.error} onRetry={() => void timeline.refetch()} />}
      <ol className={classes.steps}>
        {(timeline.data ?? []).map(({ at, step, detail }, i) => (
          <li key={i} className={classes.step}>
            <strong>{words.steps[step] ?? step}</strong> <time className={classes.note}>{times.full(at)}</time>
            <p className={classes.facts} dir="ltr">
              {tellFacts(detail)}
            </p>
            {step === "message" && person && (
              <Link className={classes.note} to="/receipts/$receiptId" params={{ receiptId: String(detail?.message_id) }} search={{ person }}>
                {words.receiptOfPerson}
              </Link>
            )}
          </li>
        ))}
      </ol>
      {opened ? (
        <LetterView emailId={emailId} />
      ) : (
        <p>
          <Button mt="md" variant="default" onClick={() => setOpened(true)}>
            {words.openLetter}
          </Button>{" "}
          <span className={classes.note}>{words.audited}</span>
        </p>
      )}
    </>
  );
}
