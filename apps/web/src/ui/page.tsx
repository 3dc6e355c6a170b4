import type { ReactNode } from "react";
import classes from "./page.module.css";

/** A page of the shell: its heading, what can be done with it, its content in a readable width. */
export function Page({ title, lead, actions, children, wide = false }: { title: string; lead?: string; actions?: ReactNode; children: ReactNode; wide?: boolean }) {
  return (
    <div className={classes.scroll}>
      <div className={classes.page} data-wide={wide || undefined}>
        <header className={classes.header}>
          <div>
            <h1>{title}</h1>
            {lead && <p className={classes.lead}>{lead}</p>}
          </div>
          {actions && <div className={classes.actions}>{actions}</div>}
        </header>
        {children}
      </div>
    </div>
  );
}

/** A group of related things on a page. */
export function Section({ title, lead, children }: { title: string; lead?: string; children: ReactNode }) {
  return (
    <section className={classes.section}>
      <h2>{title}</h2>
      {lead && <p className={classes.lead}>{lead}</p>}
      <div className={classes.body}>{children}</div>
    </section>
  );
}
