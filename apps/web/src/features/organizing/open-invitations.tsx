import { ActionIcon } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useSupabase } from "../../data/supabase.ts";
import { useWords } from "../../locales/words.tsx";
import { Icon } from "../../ui/icon.tsx";
import { invitationsQuery, withdraw } from "./invitations.ts";
import classes from "./organizing.module.css";
import { organizingWords } from "./words.ts";

/** Addresses that are invited and have not joined. */
export function OpenInvitations({ eventId }: { eventId: string }) {
  const words = useWords(organizingWords);
  const supabase = useSupabase();
  const queryClient = useQueryClient();
  const invitations = useQuery(invitationsQuery(supabase, eventId)).data ?? [];
  const withdrawing = useMutation({
    mutationFn: (address: string) => withdraw(supabase, eventId, address),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ["event-invitations", eventId] }),
  });
  if (invitations.length === 0) return null;
  return (
    <>
      <h3 className={classes.heading}>{words.invitations}</h3>
      <ul className={classes.people}>
        {invitations.map(({ address, role }) => (
          <li key={address} className={classes.person}>
            <Icon name="mailbox" />
            <span className={classes.who}>
              <bdi>{address}</bdi>
            </span>
            <span className={classes.quiet}>{role in words.roles ? words.roles[role as keyof typeof words.roles] : role}</span>
            <ActionIcon variant="subtle" color="gray" aria-label={words.withdraw(address)} onClick={() => withdrawing.mutate(address)}>
              <Icon name="close" size={16} />
            </ActionIcon>
          </li>
        ))}
      </ul>
    </>
  );
}
