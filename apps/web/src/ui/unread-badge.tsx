import classes from "./unread-badge.module.css";

/** How much is unread; an @ when some of it mentions the reader. Counts are capped at 99+. */
export function UnreadBadge({ count, mentions = 0, label, quiet = false }: { count: number; mentions?: number; label?: string; quiet?: boolean }) {
  if (count === 0) return null;
  return (
    <span className={classes.badge} data-mention={mentions > 0 || undefined} data-quiet={(quiet && mentions === 0) || undefined}>
      <span aria-hidden dir="ltr">
        {mentions > 0 && "@"}
        {count > 99 ? "99+" : count}
      </span>
      {label && <span className="visually-hidden">{label}</span>}
    </span>
  );
}
