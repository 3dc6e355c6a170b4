import type { Account } from "../../data/account.ts";

export function WelcomePage({ account }: { account: Account }) {
  return <main>{account.display_name}</main>;
}
