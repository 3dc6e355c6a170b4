import { BarChart, LineChart } from "@mantine/charts";
import "@mantine/charts/styles.css";
import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useSupabase } from "../../data/supabase.ts";
import { createTimes } from "../../locales/times.ts";
import { useLanguage, useWords } from "../../locales/words.tsx";
import { ErrorState } from "../../ui/error-state.tsx";
import { type Period, chartQuery } from "./chart.ts";
import classes from "./operator.module.css";
import { operatorWords } from "./words.ts";

/** What left, what did not, and how long it took. */
export default function Charts({ period }: { period: Period }) {
  const words = useWords(operatorWords);
  const times = createTimes(useLanguage());
  const chart = useQuery(chartQuery(useSupabase(), period));
  if (chart.isError && !chart.data) return <ErrorState error={chart.error} onRetry={() => void chart.refetch()} />;
  if (!chart.data) return <Skeleton height={290} radius="md" mt="sm" />;
  const now = new Date();
  const slots = chart.data.map((slot) => ({
    at: period === "30d" ? times.full(slot.at) : period === "24h" ? `${times.brief(slot.at, now)} ${times.clock(slot.at)}` : times.clock(slot.at),
    sent: slot.letters_sent,
    failed: slot.letters_failed,
    bounced: slot.bounced,
    median: round(slot.message_to_sent_p50),
    slowest: round(slot.message_to_sent_p95),
  }));
  const total = (key: "sent" | "failed" | "bounced") => slots.reduce((sum, slot) => sum + slot[key], 0);
  return (
    <div className={classes.charts}>
      <figure className={classes.panel} style={{ margin: 0 }}>
        <h2>{words.sentAndFailed}</h2>
        <div className={classes.chart} role="img" aria-label={`${words.sent}: ${total("sent")}, ${words.failedSeries}: ${total("failed")}, ${words.bounced}: ${total("bounced")}`}>
          <BarChart
            h={220}
            data={slots}
            dataKey="at"
            type="stacked"
            withLegend
            gridAxis="x"
            tickLine="none"
            barChartProps={{ accessibilityLayer: false }}
            barProps={{ isAnimationActive: false }}
            series={[
              { name: "sent", label: words.sent, color: "indigo.6" },
              { name: "failed", label: words.failedSeries, color: "red.6" },
              { name: "bounced", label: words.bounced, color: "orange.5" },
            ]}
          />
        </div>
      </figure>
      <figure className={classes.panel} style={{ margin: 0 }}>
        <h2>{words.delays}</h2>
        <div className={classes.chart} role="img" aria-label={words.delays}>
          <LineChart
            h={220}
            data={slots}
            dataKey="at"
            withLegend
            dotProps={{ r: 2, strokeWidth: 1 }}
            connectNulls
            gridAxis="x"
            tickLine="none"
            curveType="monotone"
            lineChartProps={{ accessibilityLayer: false }}
            lineProps={{ isAnimationActive: false }}
            series={[
              { name: "median", label: words.median, color: "teal.6" },
              { name: "slowest", label: words.slowest, color: "grape.6" },
            ]}
          />
        </div>
      </figure>
    </div>
  );
}

function round(seconds: number | null): number | null {
  return seconds === null ? null : Math.round(seconds * 10) / 10;
}
