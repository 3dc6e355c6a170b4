import { Button, Skeleton } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { dataOf } from "../../data/failure.ts";
import { useSupabase } from "../../data/supabase.ts";
import { useTimes } from "../../locales/times.ts";
import { useWords } from "../../locales/words.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { ErrorState } from "../../ui/error-state.tsx";
import { Section } from "../../ui/page.tsx";
import { type Alert, alertsQuery } from "./alerts.ts";
import { useFigures } from "./figures.ts";
import classes from "./operator.module.css";
import { operatorWords } from "./words.ts";

const DAY_MS = 86_400_000;

/** Alerts, open and past. */
export default function AlertsView() {
  const words = useWords(operatorWords);
  const alerts = useQuery(alertsQuery(useSupabase()));
  if (alerts.isPending) return <Skeleton height={200} radius="md" />;
  if (!alerts.data) return <ErrorState error={alerts.error} onRetry={() => void alerts.refetch()} />;
  if (alerts.data.length === 0)
    return (
      <EmptyState icon="check" title={words.noAlerts}>
        {words.noAlertsText}
      </EmptyState>
    );
  return (
    <>
      <AlertList title={words.open} alerts={alerts.data.filter(({ closed_at }) => !closed_at)} />
      <AlertList title={words.past} alerts={alerts.data.filter(({ closed_at }) => closed_at)} />
    </>
  );
}

function AlertList({ title, alerts }: { title: string; alerts: Alert[] }) {
  if (alerts.length === 0) return null;
  return (
    <Section title={title}>
      <ul className={classes.list}>
        {alerts.map((alert) => (
          <AlertRow key={alert.id} alert={alert} />
        ))}
      </ul>
    </Section>
  );
}

function AlertRow({ alert }: { alert: Alert }) {
  const words = useWords(operatorWords);
  const times = useTimes();
  const figures = useFigures();
  const supabase = useSupabase();
  const queryClient = useQueryClient();
  const act = useMutation({
    mutationFn: (what: "acknowledge" | "silence") =>
      dataOf(
        what === "acknowledge"
          ? supabase.rpc("acknowledge_alert", { id: alert.id })
          : supabase.rpc("silence_alert", { name: alert.name, until: new Date(Date.now() + DAY_MS).toISOString() }),
      ),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ["operator", "alerts"] }),
  });
  const silenced = alert.silenced_until !== null && alert.silenced_until > new Date();
  return (
    <li className={classes.row} data-open={!alert.closed_at || undefined}>
      <div className={classes.grow}>
        <strong>{words.alerts[alert.name] ?? alert.title}</strong>
        <span className={classes.note}>
          {alert.closed_at ? words.from(times.full(alert.opened_at), times.full(alert.closed_at)) : words.since(times.full(alert.opened_at))} ·{" "}
          {figures.inUnit(alert.value, alert.unit)} · {words.worst(figures.inUnit(alert.worst, alert.unit))}
          {silenced && ` · ${words.silencedUntil(times.full(alert.silenced_until!))}`}
        </span>
      </div>
      {!alert.closed_at &&
        (alert.acknowledged_at ? (
          <span className={classes.note}>{words.acknowledged}</span>
        ) : (
          <Button size="xs" variant="default" onClick={() => act.mutate("acknowledge")}>
            {words.acknowledge}
          </Button>
        ))}
      {!alert.closed_at && !silenced && (
        <Button size="xs" variant="subtle" onClick={() => act.mutate("silence")}>
          {words.silenceDay}
        </Button>
      )}
    </li>
  );
}
