import { Button, Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams, useSearch } from "@tanstack/react-router";
import { useAccount } from "../../data/account.ts";
import { Failure } from "../../data/failure.ts";
import { useSupabase } from "../../data/supabase.ts";
import { createTimes } from "../../locales/times.ts";
import { useLanguage, useWords } from "../../locales/words.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { ErrorState } from "../../ui/error-state.tsx";
import { Page } from "../../ui/page.tsx";
import { type Step, receiptQuery } from "./receipt.ts";
import classes from "./receipt.module.css";
import { receiptWords } from "./words.ts";

const TONES: Record<string, "good" | "bad" | "wait"> = {
  sent: "good", delivered: "good", shown: "good",
  bounced: "bad", complained: "bad", failed: "bad", given_up: "bad", suppressed: "bad", stopped: "bad",
  waited: "wait", waiting: "wait", retrying: "wait", delayed: "wait", paused: "wait", due: "wait",
};

/** Why the reader got a message by letter, or did not: every step and its reason. */
export function ReceiptPage() {
  const words = useWords(receiptWords);
  const { receiptId } = useParams({ from: "/signed-in/receipts/$receiptId" });
  const { person = null } = useSearch({ from: "/signed-in/receipts/$receiptId" });
  const isNumber = /^\d{1,18}$/.test(receiptId);
  const receipt = useQuery({ ...receiptQuery(useSupabase(), receiptId, person), enabled: isNumber });
  const isNone = !isNumber || (receipt.error instanceof Failure && ["CN020", "CN050", "22P02"].includes(receipt.error.code));
  const eventId = receipt.data?.find(({ facts }) => facts.event_id)?.facts.event_id;
  return (
    <Page title={words.title} lead={person ? words.leadOfOther : words.lead}>
      {isNone ? (
        <EmptyState icon="search" title={words.none}>
          {words.noneText}
        </EmptyState>
      ) : receipt.data ? (
        <>
          <ol className={classes.steps}>
            {receipt.data.map((step) => (
              <StepRow key={step.step} step={step} />
            ))}
          </ol>
          {/* Only the person themselves gets anywhere by these. */}
          {!person && (
            <div className={classes.links}>
              {eventId && (
                <Button renderRoot={(props) => <Link to="/events/$eventId" params={{ eventId }} hash={`message-${receiptId}`} {...props} />}>{words.toMessage}</Button>
              )}
              <Button variant="default" renderRoot={(props) => <Link to="/settings/notifications" {...props} />}>
                {words.toSettings}
              </Button>
            </div>
          )}
        </>
      ) : receipt.isError ? (
        <ErrorState error={receipt.error} onRetry={() => void receipt.refetch()} />
      ) : (
        <Skeleton height={280} radius="md" />
      )}
    </Page>
  );
}

function StepRow({ step: { at, code, facts, sentence } }: { step: Step }) {
  const words = useWords(receiptWords);
  const times = createTimes(useLanguage(), useAccount().time_zone);
  const tell = words.steps[code];
  return (
    <li className={classes.step} data-tone={TONES[code]}>
      <p className={classes.sentence}>{tell ? tell(facts, (time) => (time ? times.full(time) : "–")) : (sentence ?? code)}</p>
      {code === "written" && facts.author_name && <p className={classes.time}>{words.from(facts.author_name)}</p>}
      {at && <time className={classes.time}>{times.full(at)}</time>}
    </li>
  );
}
