import classes from "./operator.module.css";

const TONES: Record<string, "good" | "bad" | "wait"> = {
  delivered: "good", sent: "good", closed: "good", active: "good", succeeded: "good",
  failed: "bad", bounced: "bad", complained: "bad", suppressed: "bad", open: "bad",
  sending: "wait", retrying: "wait", delayed: "wait", half_open: "wait",
};

/** A state by its own name, in a colour that says whether it is well. */
export function StatusBadge({ status }: { status: string }) {
  return (
    <span className={classes.status} data-tone={TONES[status]}>
      {status.replaceAll("_", " ")}
    </span>
  );
}
