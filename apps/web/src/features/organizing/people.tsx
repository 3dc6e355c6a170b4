import { ActionIcon, Button, Skeleton, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { Suspense, lazy, useState } from "react";
import { type EventPerson, peopleOfEventQuery } from "../../data/event-people.ts";
import { useSupabase } from "../../data/supabase.ts";
import { useWords } from "../../locales/words.tsx";
import { Icon } from "../../ui/icon.tsx";
import { PersonAvatar } from "../../ui/person-avatar.tsx";
import { AddPeople } from "./add-people.tsx";
import { OpenInvitations } from "./open-invitations.tsx";
import classes from "./organizing.module.css";
import { organizingWords } from "./words.ts";

const RemovePerson = lazy(() => import("./remove-person.tsx").then(({ RemovePerson }) => ({ default: RemovePerson })));

const PAGE = 25;

export function People({ eventId, title }: { eventId: string; title: string }) {
  const words = useWords(organizingWords);
  const supabase = useSupabase();
  const [wanted, setWanted] = useState("");
  const [pages, setPages] = useState(1);
  const [removing, setRemoving] = useState<EventPerson | null>(null);
  const [beginning] = useDebouncedValue(wanted.trim().replace(/^@/, ""), 200);
  const { data: people, isPending } = useQuery({ ...peopleOfEventQuery(supabase, eventId, beginning, pages * PAGE), placeholderData: (previous) => previous });
  return (
    <>
      <AddPeople eventId={eventId} title={title} />
      <OpenInvitations eventId={eventId} />
      <TextInput className={classes.find} leftSection={<Icon name="search" size={16} />} placeholder={words.find} aria-label={words.find} value={wanted} onChange={(event) => setWanted(event.currentTarget.value)} />
      {isPending && <Skeleton height={290} radius="md" />}
      <ul className={classes.people} hidden={isPending}>
        {people?.length === 0 && <li className={classes.quiet}>{words.nobody}</li>}
        {people?.map((person) => (
          <li key={person.user_id} className={classes.person}>
            <PersonAvatar name={person.display_name} id={person.user_id} size={34} />
            <span className={classes.who}>
              <bdi>{person.display_name}</bdi>
              <span className={classes.quiet}>
                <bdi dir="ltr">@{person.handle}</bdi>
              </span>
            </span>
            <span className={classes.quiet}>{person.role !== null && person.role in words.roles ? words.roles[person.role as keyof typeof words.roles] : words.member}</span>
            {person.as_participant && (
              <ActionIcon variant="subtle" color="gray" aria-label={words.remove(person.display_name)} onClick={() => setRemoving(person)}>
                <Icon name="close" size={16} />
              </ActionIcon>
            )}
          </li>
        ))}
      </ul>
      {people?.length === pages * PAGE && pages < 4 && (
        <Button variant="subtle" size="sm" onClick={() => setPages(pages + 1)}>
          {words.more}
        </Button>
      )}
      <Suspense>{removing && <RemovePerson eventId={eventId} person={removing} onClose={() => setRemoving(null)} />}</Suspense>
    </>
  );
}
