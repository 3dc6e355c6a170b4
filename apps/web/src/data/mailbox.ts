import { use } from "react";
import { ConfigContext } from "./config-context.ts";

/** Whether this deployment keeps what it sends in a mailbox of its own instead of mailing it. */
export function useHasMailbox(): boolean {
  return use(ConfigContext)?.mailbox ?? false;
}
