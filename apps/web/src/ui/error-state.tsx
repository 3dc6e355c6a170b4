import { Button } from "@mantine/core";
import { Failure, isUnreachable } from "../data/failure.ts";
import { useWords } from "../locales/words.tsx";
import { Icon } from "./icon.tsx";
import classes from "./notice.module.css";
import { uiWords } from "./words.ts";

/** What stands where a page could not be shown. */
export function ErrorState({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const words = useWords(uiWords);
  const failure = error instanceof Failure ? error : null;
  const unreachable = isUnreachable(error);
  return (
    <div className={classes.empty} role="alert">
      <span className={classes.sign}>
        <Icon name={unreachable ? "offline" : "warning"} size={24} />
      </span>
      <h2>{unreachable ? words.unreachable : words.failed}</h2>
      <p className={classes.text}>
        {unreachable ? words.unreachableText : failure ? [failure.message, failure.hint].filter(Boolean).join(" ") : words.unexpected}
      </p>
      <div className={classes.actions}>
        <Button variant="default" leftSection={<Icon name="retry" size={16} />} onClick={onRetry}>
          {words.tryAgain}
        </Button>
      </div>
    </div>
  );
}
