import { Page } from "../../ui/page.tsx";

export function NotificationSettingsPage() {
  return <Page title="Notifications">{null}</Page>;
}
