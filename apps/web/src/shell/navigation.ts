import type { Account } from "../data/account.ts";
import type { IconName } from "../ui/icon.tsx";

/** The places of the app, in the order in which navigation shows them. */
export interface Place {
  to: "/" | "/bell" | "/settings/notifications" | "/settings/account" | "/mailbox" | "/operator";
  icon: IconName;
  name: "home" | "bell" | "settings" | "account" | "mailbox" | "operator";
}

export function placesFor(account: Account, hasMailbox: boolean): Place[] {
  return [
    { to: "/", icon: "home", name: "home" },
    { to: "/bell", icon: "bell", name: "bell" },
    { to: "/settings/notifications", icon: "settings", name: "settings" },
    { to: "/settings/account", icon: "person", name: "account" },
    ...(hasMailbox ? [{ to: "/mailbox", icon: "mailbox", name: "mailbox" } as const] : []),
    ...(account.is_operator ? [{ to: "/operator", icon: "cockpit", name: "operator" } as const] : []),
  ];
}
