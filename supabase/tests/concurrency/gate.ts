import type { Sql } from "postgres";
import type { TestDatabase } from "../harness/test-database.ts";
import { untilBlocked } from "./until-blocked.ts";

const GATE = 4711;

export interface Gate {
  /** Connections that stop where the rewritten function calls `private.pass_gate()`; all others pass. */
  behind: Sql;
  /** Resolves when one of them has arrived. */
  untilReached(): Promise<void>;
  open(): Promise<void>;
}

/** A place to stop a connection between two steps, so that a race is a fact and not a matter of luck. */
export async function createGate({ sql, connect }: TestDatabase): Promise<Gate> {
  await sql.unsafe(`
    create function private.pass_gate() returns boolean language plpgsql volatile
    -- Whoever calls it may be about to give up waiting; the gate is not what it waits for.
    set lock_timeout = 0 as $$
    begin
      if current_setting('test.stops_at_gate', true) = 'yes' then
        perform pg_advisory_xact_lock_shared(${GATE});
      end if;
      return true;
    end $$`);
  const keeper = connect({ max: 1 });
  await keeper`select pg_advisory_lock(${GATE})`;
  return {
    behind: connect({ connection: { "test.stops_at_gate": "yes" } as Record<string, string> }),
    untilReached: () => untilBlocked(sql),
    open: async () => void (await keeper`select pg_advisory_unlock(${GATE})`),
  };
}
