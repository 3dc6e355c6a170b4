import { Button } from "@mantine/core";
import type { SupabaseClient } from "@supabase/supabase-js";
import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import * as v from "valibot";
import { asking, dataOf } from "../data/failure.ts";
import { parseRows } from "../data/rows.ts";
import { useSupabase } from "../data/supabase.ts";
import { useWords } from "../locales/words.tsx";
import { Icon } from "../ui/icon.tsx";
import { uiWords } from "../ui/words.ts";
import classes from "./banners.module.css";
import { shellWords } from "./words.ts";

const Invitation = v.object({ event_id: v.string(), title: v.string(), organization_name: v.string(), invited_by: v.nullable(v.string()) });

const invitationsQuery = (supabase: SupabaseClient) =>
  queryOptions({ queryKey: ["invitations"], queryFn: async () => parseRows(Invitation, await dataOf(supabase.rpc("my_invitations"))), refetchInterval: 60_000 });

/** Events that somebody invites the reader to: on every page, because a letter's link may lead to any. */
export function Invitations() {
  const words = useWords(shellWords);
  const common = useWords(uiWords);
  const supabase = useSupabase();
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const invitations = useQuery(invitationsQuery(supabase)).data ?? [];
  const answer = useMutation({
    mutationFn: ({ eventId, accept }: { eventId: string; accept: boolean }) => asking(supabase.rpc("answer_invitation", { event_id: eventId, accept })),
    async onSuccess(_answer, { eventId, accept }) {
      await Promise.all(["invitations", "inbox"].map((key) => queryClient.invalidateQueries({ queryKey: [key] })));
      if (accept) await navigate({ to: "/events/$eventId", params: { eventId } });
    },
  });
  return invitations.map(({ event_id, title, organization_name, invited_by }) => (
    <div key={event_id} className={classes.banner}>
      <Icon name="people" size={16} />
      <span className={classes.grow}>{words.invited(invited_by ?? organization_name, title)}</span>
      {answer.isError && answer.variables.eventId === event_id && <span>{common.failed}</span>}
      <Button size="compact-sm" loading={answer.isPending && answer.variables.accept && answer.variables.eventId === event_id} onClick={() => answer.mutate({ eventId: event_id, accept: true })}>
        {words.join}
      </Button>
      <Button size="compact-sm" variant="default" onClick={() => answer.mutate({ eventId: event_id, accept: false })}>
        {words.decline}
      </Button>
    </div>
  ));
}
