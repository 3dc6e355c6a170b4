import { Page } from "../../ui/page.tsx";

export function UnsubscribePage() {
  return <Page title="Unsubscribe">{null}</Page>;
}
