import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useWords } from "../locales/words.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { appWords } from "./words.ts";

export function NotFound() {
  const words = useWords(appWords);
  return (
    <main>
      <EmptyState alone icon="search" title={words.notFound} action={<Button renderRoot={(props) => <Link to="/" {...props} />}>{words.toEvents}</Button>}>
        {words.notFoundText}
      </EmptyState>
    </main>
  );
}
