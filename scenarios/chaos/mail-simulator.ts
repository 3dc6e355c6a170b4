import type { FaultSpec } from "../../packages/resend-simulator/src/faults/parse-fault.ts";
import { startSimulator } from "../harness/start-simulator.ts";

/** A letter that the provider accepted. */
export interface AcceptedLetter {
  id: string;
  acceptedAt: string;
  idempotencyKey: string | null;
  to: string[];
  text: string;
}

/** The simulator in a process of its own, which nobody kills: its ledger is the truth. */
export interface MailSimulator {
  baseUrl: string;
  addFaults(faults: FaultSpec[]): Promise<void>;
  clearFaults(): Promise<void>;
  /** How often each kind of fault struck. */
  struck(): Promise<Record<string, number>>;
  /** What was accepted since the last call, oldest first. Throws when the ledger has gaps. */
  readLedger(): Promise<AcceptedLetter[]>;
  stop(): Promise<void>;
}

export interface MailSimulatorOptions {
  seed: string;
  faults: FaultSpec[];
  /** Null: no webhooks. */
  webhooks: { url: string; secret: string } | null;
}

export async function startMailSimulator({ seed, faults, webhooks }: MailSimulatorOptions): Promise<MailSimulator> {
  const flags = ["--keep-all", "--admin", "--seed", seed, "--latency-ms", "10", "--faults", JSON.stringify(faults)];
  if (webhooks !== null) {
    // Most are held back so long that retries and leases that ran out come first; the others come before our own mark.
    flags.push("--webhook-url", webhooks.url, "--webhook-secret", webhooks.secret, "--webhook-events", "email.sent,email.delivered");
    flags.push("--webhook-retry-gaps", "1,2,4,8,16,32", "--webhook-duplicates", "0.1", "--webhook-reorder", "0.9", "--webhook-max-delay-ms", "20000");
  }
  const { baseUrl, stop } = await startSimulator(flags);
  let after = -1;

  async function ask(method: string, what: string, body?: unknown): Promise<unknown> {
    const response = await fetch(`${baseUrl}/admin/${what}`, { method, ...(body !== undefined && { body: JSON.stringify(body) }) });
    if (!response.ok) throw new Error(`The simulator answered ${response.status}: ${await response.text()}`);
    return response.json();
  }

  const listFaults = async () => ((await ask("GET", "faults")) as { faults: (FaultSpec & { struck: number })[] }).faults;
  return {
    baseUrl,
    addFaults: async (added) => void (await ask("POST", "faults", added)),
    clearFaults: async () => void (await ask("DELETE", "faults")),
    async struck() {
      const counts: Record<string, number> = {};
      for (const { kind, struck } of await listFaults()) counts[kind] = (counts[kind] ?? 0) + struck;
      return counts;
    },
    async readLedger() {
      const letters: AcceptedLetter[] = [];
      for (;;) {
        const page = (await ask("GET", `ledger?after=${after}&limit=500&content=1`)) as LedgerPage;
        if (page.missed !== 0) throw new Error(`The ledger lost ${page.missed} letters.`);
        letters.push(...page.emails);
        after = page.emails.at(-1)?.sequence ?? after;
        if (page.next === null) return letters;
      }
    },
    stop,
  };
}

interface LedgerPage {
  missed: number;
  next: number | null;
  emails: (AcceptedLetter & { sequence: number })[];
}
