import { Button } from "@mantine/core";
import { Link, useParams } from "@tanstack/react-router";
import { useInbox } from "../../data/inbox.ts";
import { useWords } from "../../locales/words.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { Page, Section } from "../../ui/page.tsx";
import { Announcements } from "./announcements.tsx";
import { EventLetters } from "./event-letters.tsx";
import { People } from "./people.tsx";
import { organizingWords } from "./words.ts";

export function OrganizePage() {
  const words = useWords(organizingWords);
  const { eventId } = useParams({ from: "/signed-in/events/$eventId/organize" });
  const inbox = useInbox();
  const event = inbox.data?.find((one) => one.event_id === eventId);
  if (!event && inbox.isFetching) return null;
  if (!event?.runs) {
    return (
      <EmptyState alone icon="people" title={words.notYours}>
        {words.notYoursText}
      </EmptyState>
    );
  }
  const toChat = (
    <Button variant="default" renderRoot={(props) => <Link to="/events/$eventId" params={{ eventId }} {...props} />}>
      {words.back}
    </Button>
  );
  return (
    <Page title={event.title} lead={event.organization_name} actions={toChat}>
      <Section title={words.people} lead={words.peopleLead}>
        <People eventId={eventId} title={event.title} />
      </Section>
      <Section title={words.settings} lead={words.settingsLead}>
        <EventLetters eventId={eventId} />
      </Section>
      <Section title={words.reach} lead={words.reachLead}>
        <Announcements eventId={eventId} />
      </Section>
    </Page>
  );
}
