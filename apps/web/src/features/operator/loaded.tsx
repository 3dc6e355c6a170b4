import { Skeleton } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { ErrorState } from "../../ui/error-state.tsx";

/** A part of a page once its data is here; until then its place, and what went wrong. */
export function Loaded<T>({ query, height, children }: { query: UseQueryResult<T>; height: number; children(data: T): ReactNode }) {
  if (query.data !== undefined) return children(query.data);
  if (query.isError) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  return <Skeleton height={height} radius="md" />;
}
