import { Failure } from "../../data/failure.ts";
import { useWords } from "../../locales/words.tsx";
import { Icon } from "../../ui/icon.tsx";
import classes from "./settings.module.css";
import { useSavingState } from "./use-settings.ts";
import { settingsWords } from "./words.ts";

/** Says that it saves by itself, and when it could not. */
export function SavingState() {
  const words = useWords(settingsWords);
  const { state, error } = useSavingState();
  return (
    <>
      <span className={classes.status} role="status">
        {state === "saving" && words.saving}
        {state === "saved" && (
          <>
            <Icon name="check" size={16} /> {words.saved}
          </>
        )}
      </span>
      {state === "failed" && (
        <p className={classes.failure} role="alert">
          <span>
            {words.notSaved} {error instanceof Failure && !error.unreachable && error.message}
          </span>
        </p>
      )}
    </>
  );
}
