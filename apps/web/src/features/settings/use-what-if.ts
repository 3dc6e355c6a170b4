import { useQueries, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useState } from "react";
import { useSupabase } from "../../data/supabase.ts";
import { DELIVERIES, type Delivery } from "./preferences.ts";
import { type Proposal, type Simulated, whatIfQuery } from "./what-if.ts";

/** Letters of the last days under each rhythm, as far as they are counted. */
export function useLettersByDelivery(current: Delivery): Partial<Record<Delivery, number>> {
  const supabase = useSupabase();
  // Of the settings as the visit began: the numbers are not to change under the pointer.
  const [first] = useState(current);
  return useQueries({
    queries: DELIVERIES.map((delivery) => whatIfQuery(supabase, { delivery })),
    combine: (results) =>
      Object.fromEntries(
        DELIVERIES.flatMap((delivery, i) => {
          const simulated = results[i]!.data;
          return simulated ? [[delivery, delivery === first ? simulated.now.letters : simulated.proposed.letters]] : [];
        }),
      ),
  });
}

/** A head start for the comparison, which reads the settings that the change is about to replace. */
const HEAD_START_MS = 250;

/** Compares the last change with what really came. `compare` resolves when the change may be saved. */
export function useWhatIf(): { proposal: Proposal | null; simulated: Simulated | undefined; failed: boolean; compare(proposal: Proposal): Promise<void> } {
  const supabase = useSupabase();
  const queryClient = useQueryClient();
  const [proposal, setProposal] = useState<Proposal | null>(null);
  const { data, isError } = useQuery({ ...whatIfQuery(supabase, proposal ?? {}) });
  const compare = useCallback(
    async (wanted: Proposal) => {
      const query = whatIfQuery(supabase, wanted);
      queryClient.removeQueries({ queryKey: query.queryKey, exact: true });
      setProposal(wanted);
      const asked = queryClient.fetchQuery(query).catch(() => undefined);
      await Promise.race([asked, new Promise((resolve) => setTimeout(resolve, HEAD_START_MS))]);
    },
    [supabase, queryClient],
  );
  return { proposal, simulated: data, failed: isError, compare };
}
