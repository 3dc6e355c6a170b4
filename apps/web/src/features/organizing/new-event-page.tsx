import { Page } from "../../ui/page.tsx";

export function NewEventPage() {
  return <Page title="New event">{null}</Page>;
}
