import type { ReactNode } from "react";
import { Icon, type IconName } from "./icon.tsx";
import classes from "./notice.module.css";

interface EmptyStateProps {
  icon: IconName;
  title: string;
  children?: ReactNode;
  action?: ReactNode;
  /** The whole page, not a part under a heading of its own. */
  alone?: boolean;
}

/** What stands where a list would: why it is empty, and what to do about it. */
export function EmptyState({ icon, title, children, action, alone = false }: EmptyStateProps) {
  const Heading = alone ? "h1" : "h2";
  return (
    <div className={classes.empty}>
      <span className={classes.sign}>
        <Icon name={icon} size={24} />
      </span>
      <Heading>{title}</Heading>
      {children && <p className={classes.text}>{children}</p>}
      {action && <div className={classes.actions}>{action}</div>}
    </div>
  );
}
