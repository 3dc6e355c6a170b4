import { Page } from "../../ui/page.tsx";

export function BellPage() {
  return <Page title="What's new">{null}</Page>;
}
