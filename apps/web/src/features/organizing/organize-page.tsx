import { Page } from "../../ui/page.tsx";

export function OrganizePage() {
  return <Page title="Organize">{null}</Page>;
}
