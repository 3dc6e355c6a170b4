import type { Log } from "./deliver-dispatch.ts";
import type { AlertTelling, Operations } from "./operations-database.ts";
import type { Provider, ProviderEmail } from "./provider.ts";

/** Posts one change to the operators' chat; false: it was not taken. */
export type PostAlert = (telling: AlertTelling, text: string) => Promise<boolean>;

export interface TellAlertsDeps {
  operations: Pick<Operations, "takeAlertTellings" | "noteAlertTold">;
  provider: Pick<Provider, "sendBatch">;
  /** null: there is no webhook. */
  post: PostAlert | null;
  log: Log;
}

/**
 * Tells what opened and closed, by mail to the operators and by webhook, each once. A channel that fails is tried
 * again in two minutes, for a day; neither waits for the other.
 */
export async function tellAlerts({ operations, provider, post, log }: TellAlertsDeps): Promise<void> {
  for (const telling of await operations.takeAlertTellings()) {
    const channels = [
      { channel: "mail" as const, owed: telling.mailOwed, send: () => mailAlert(telling, provider) },
      { channel: "webhook" as const, owed: telling.postOwed, send: async () => post === null || post(telling, describeAlert(telling)) },
    ];
    for (const { channel, owed, send } of channels) {
      if (!owed) continue;
      const told = await send();
      if (told) await operations.noteAlertTold(telling, channel);
      log(told ? "info" : "warn", told ? "alert_told" : "alert_not_told", { alert: telling.name, change: telling.change, channel });
    }
  }
}

async function mailAlert(telling: AlertTelling, provider: TellAlertsDeps["provider"]): Promise<boolean> {
  const { addresses } = telling;
  if (addresses.length === 0) return true;
  const body = JSON.stringify(addresses.map((address) => alertLetter(telling, address)));
  const outcome = await provider.sendBatch(body, `alert-${telling.alertId}-${telling.change}`, addresses.length);
  // Taken under this key before, by an attempt whose answer was lost, with other operators since.
  return outcome.ok || outcome.outcome === "unconfirmed";
}

/** One sentence: what, how much, since when. */
export function describeAlert({ change, title, unit, value, since }: AlertTelling): string {
  const at = `${since.toISOString().slice(0, 16).replace("T", " ")} UTC`;
  return change === "opened" ? `Alert: ${title} (now ${formatValue(value, unit)}), since ${at}.` : `Over: ${title}. It ended at ${at}.`;
}

function formatValue(value: number, unit: AlertTelling["unit"]): string {
  if (unit === "share") return `${Number((value * 100).toPrecision(3))} %`;
  if (unit === "count") return String(value);
  return value >= 120 ? `${Math.round(value / 60)} min` : `${Number(value.toPrecision(3))} s`;
}

function alertLetter(telling: AlertTelling, address: string): ProviderEmail {
  const { name, change, title, sender, appUrl } = telling;
  const lines = [
    describeAlert(telling),
    change === "opened" ? `What it means and what to do: docs/operations.md, section "${name}".` : "Nothing is left to do.",
    `Cockpit: ${appUrl}/operator`,
  ];
  return {
    from: sender,
    to: [address],
    subject: change === "opened" ? `Alert: ${title}` : `Over: ${title}`,
    html: lines.map((line) => `<p>${escapeHtml(line)}</p>`).join("\n"),
    text: lines.join("\n\n"),
    headers: { "Auto-Submitted": "auto-generated" },
    tags: [{ name: "kind", value: "alert" }],
  };
}

function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
