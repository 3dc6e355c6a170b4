import { SegmentedControl, Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Suspense, lazy, useState } from "react";
import { useSupabase } from "../../data/supabase.ts";
import { useTimes } from "../../locales/times.ts";
import { useWords } from "../../locales/words.tsx";
import { ErrorState } from "../../ui/error-state.tsx";
import { PERIODS, type Period } from "./chart.ts";
import { CostsTable } from "./costs-table.tsx";
import { nowQuery } from "./now.ts";
import { NowTiles } from "./now-tiles.tsx";
import classes from "./operator.module.css";
import { TargetsTable } from "./targets-table.tsx";
import { operatorWords } from "./words.ts";

// The charts' library is the app's largest: only whoever looks at charts loads it.
const Charts = lazy(() => import("./charts.tsx"));

/** The deployment at this moment, over time, and against its targets. */
export default function NowView() {
  const words = useWords(operatorWords);
  const times = useTimes();
  const now = useQuery(nowQuery(useSupabase()));
  const [period, setPeriod] = useState<Period>("1h");
  if (now.isPending) return <Skeleton height={280} radius="md" />;
  if (!now.data) return <ErrorState error={now.error} onRetry={() => void now.refetch()} />;
  return (
    <>
      <NowTiles now={now.data} />
      <div className={classes.head}>
        <SegmentedControl
          aria-label={words.chart}
          size="xs"
          value={period}
          onChange={(value) => setPeriod(PERIODS.find((one) => one === value) ?? "1h")}
          data={PERIODS.map((value) => ({ value, label: words.periods[value] }))}
        />
        {now.data.counted_up_to && <span className={classes.note}>{words.countedUpTo(times.clock(now.data.counted_up_to))}</span>}
      </div>
      <Suspense fallback={<Skeleton height={290} radius="md" mt="sm" />}>
        <Charts period={period} />
      </Suspense>
      <div className={classes.charts}>
        <TargetsTable />
        <CostsTable />
      </div>
    </>
  );
}
