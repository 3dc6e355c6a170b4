import { useParams } from "@tanstack/react-router";
import { useAccount } from "../../data/account.ts";
import { useInbox } from "../../data/inbox.ts";
import { useWords } from "../../locales/words.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { ErrorState } from "../../ui/error-state.tsx";
import { Room } from "./room.tsx";
import { roomWords } from "./words.ts";

export function RoomPage() {
  const words = useWords(roomWords);
  const account = useAccount();
  const { eventId } = useParams({ from: "/signed-in/events/$eventId" });
  const inbox = useInbox();
  const event = inbox.data?.find((one) => one.event_id === eventId);
  if (event) return <Room key={eventId} event={event} account={account} />;
  if (inbox.isPending || (inbox.isFetching && inbox.isStale)) return null;
  if (inbox.isError) return <ErrorState error={inbox.error} onRetry={() => void inbox.refetch()} />;
  return (
    <EmptyState alone icon="search" title={words.gone}>
      {words.goneText}
    </EmptyState>
  );
}
