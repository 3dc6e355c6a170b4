import { useQueryClient } from "@tanstack/react-query";
import { type ErrorComponentProps, useRouter } from "@tanstack/react-router";
import { useEffect } from "react";
import { isMissingPart, isSignedOut } from "../data/failure.ts";
import { ErrorState } from "../ui/error-state.tsx";

/** A page that threw. A session that the server refuses ends here, and the person signs in again. */
export function PageError({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  const queryClient = useQueryClient();
  const over = isSignedOut(error);
  useEffect(() => {
    if (over) void router.options.context.supabase.auth.signOut({ scope: "local" });
  }, [over, router]);
  if (over) return null;
  return (
    <ErrorState
      error={error}
      onRetry={() => {
        // A part that a newer build no longer has comes with the new page only.
        if (isMissingPart(error) && navigator.onLine) return location.reload();
        void queryClient.resetQueries();
        reset();
        void router.invalidate();
      }}
    />
  );
}
