import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { dataOf } from "../../data/failure.ts";
import { useSupabase } from "../../data/supabase.ts";
import { useTimes } from "../../locales/times.ts";
import { useWords } from "../../locales/words.tsx";
import { Section } from "../../ui/page.tsx";
import { breakersQuery, processorsQuery, scheduleQuery } from "./delivery.ts";
import { Loaded } from "./loaded.tsx";
import classes from "./operator.module.css";
import { PauseSection } from "./pause-section.tsx";
import { StatusBadge } from "./status-badge.tsx";
import { SuppressionsSection } from "./suppressions-section.tsx";
import { operatorWords } from "./words.ts";

/** What decides whether letters go, and who sends them. */
export default function DeliveryView() {
  return (
    <>
      <PauseSection />
      <TestLetterSection />
      <BreakersSection />
      <ProcessorsSection />
      <ScheduleSection />
      <SuppressionsSection />
    </>
  );
}

function TestLetterSection() {
  const words = useWords(operatorWords);
  const supabase = useSupabase();
  const queryClient = useQueryClient();
  const send = useMutation({
    mutationFn: () => dataOf(supabase.rpc("send_test_letter")),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ["operator", "letters"] }),
  });
  return (
    <Section title={words.testLetter} lead={words.testLetterText}>
      <Button variant="default" loading={send.isPending} onClick={() => send.mutate()}>
        {words.sendTestLetter}
      </Button>{" "}
      <span role="status" className={classes.note}>
        {send.isSuccess && words.testLetterSent}
        {send.isError && send.error.message}
      </span>
    </Section>
  );
}

function BreakersSection() {
  const words = useWords(operatorWords);
  const times = useTimes();
  const breakers = useQuery(breakersQuery(useSupabase()));
  return (
    <Section title={words.breakers}>
      <Loaded query={breakers} height={130}>
        {(rows) => (
          <List empty={words.noBreakers}>
            {rows.map(({ name, state, reason, open_until }) => (
              <li key={name} className={classes.row}>
                <div className={classes.grow}>
                  <strong>{name}</strong>
                  <span className={classes.note}>{[reason, open_until && state !== "closed" && times.full(open_until)].filter(Boolean).join(" · ")}</span>
                </div>
                <StatusBadge status={state} />
              </li>
            ))}
          </List>
        )}
      </Loaded>
    </Section>
  );
}

function ProcessorsSection() {
  const words = useWords(operatorWords);
  const times = useTimes();
  const processors = useQuery(processorsQuery(useSupabase()));
  return (
    <Section title={words.whoProcesses}>
      <Loaded query={processors} height={64}>
        {(rows) => (
          <List empty={words.nobodyProcesses}>
            {rows.map(({ id, kind, version, beat_at }) => (
              <li key={id} className={classes.row}>
                <div className={classes.grow}>
                  <strong>{kind}</strong>
                  <span className={classes.facts}>{[id, version].filter(Boolean).join(" · ")}</span>
                </div>
                <span className={classes.note}>{times.full(beat_at)}</span>
              </li>
            ))}
          </List>
        )}
      </Loaded>
    </Section>
  );
}

function ScheduleSection() {
  const words = useWords(operatorWords);
  const times = useTimes();
  const jobs = useQuery(scheduleQuery(useSupabase()));
  return (
    <Section title={words.schedule}>
      <Loaded query={jobs} height={64}>
        {(rows) => (
          <List empty={words.noSchedule}>
            {rows.map(({ job, schedule, active, last_run_at, last_run_status, problem }) => (
              <li key={job} className={classes.row}>
                <div className={classes.grow}>
                  <strong>{job}</strong>
                  <span className={classes.note}>{[schedule, last_run_at ? words.lastRun(times.full(last_run_at)) : words.neverRan, problem].filter(Boolean).join(" · ")}</span>
                </div>
                <StatusBadge status={last_run_status ?? (active ? "active" : "inactive")} />
              </li>
            ))}
          </List>
        )}
      </Loaded>
    </Section>
  );
}

function List({ empty, children }: { empty: string; children: ReactNode[] }) {
  return children.length === 0 ? <p className={classes.note}>{empty}</p> : <ul className={classes.list}>{children}</ul>;
}
