import { Page } from "../../ui/page.tsx";

export function OperatorPage() {
  return <Page title="Cockpit">{null}</Page>;
}
