import { startSimulator } from "../../scenarios/harness/start-simulator.ts";
import { useOf } from "./use.ts";

export interface Provider {
  baseUrl: string;
  expectAlive(): void;
  /** Letters accepted since it was started. */
  accepted(): Promise<number>;
  /** When it accepted the nth letter since it was started, in ms since 1970. */
  acceptedAt(nth: number): Promise<number>;
  /** Who was told, one entry a letter, and the mean of some letters' HTML in KB. */
  readLedger(): Promise<{ recipients: string[]; letterKb: number }>;
  /** Processor seconds so far; null where the kernel does not say. */
  seconds(): Promise<number | null>;
  stop(): Promise<void>;
}

interface LedgerPage {
  next: number | null;
  emails: { acceptedAt: string; to: string[]; html: string }[];
}

/** The provider, in a process of its own: without limits, answering after so many milliseconds, keeping all it accepts. */
export async function startProvider(latencyMs: number): Promise<Provider> {
  // Letters live as long as their request. With the content of all kept, and with Node's 16 MB for what is young, a third
  // of the provider's time went into moving them about.
  const { baseUrl, pid, expectAlive, stop } = await startSimulator(
    ["--admin", "--keep-all", "--keep-content-of", "200", "--latency-ms", String(latencyMs)], ["--max-semi-space-size=32"]);
  const ask = async <Answer>(what: string) => (await (await fetch(`${baseUrl}/admin/${what}`)).json()) as Answer;
  return {
    baseUrl,
    expectAlive,
    accepted: async () => (await ask<{ emails: number }>("totals")).emails,
    async acceptedAt(nth) {
      const { emails: [email] } = await ask<LedgerPage>(`ledger?after=${nth - 2}&limit=1`);
      if (email === undefined) throw new Error(`The provider has not accepted ${nth} letters.`);
      return Date.parse(email.acceptedAt);
    },
    async readLedger() {
      const recipients: string[] = [];
      for (let after: number | null = -1; after !== null; ) {
        const page: LedgerPage = await ask(`ledger?after=${after}&limit=10000`);
        recipients.push(...page.emails.flatMap(({ to }) => to));
        after = page.next;
      }
      const { emails } = await ask<LedgerPage>("ledger?content=1&limit=200");
      const bytes = emails.reduce((sum, { html }) => sum + Buffer.byteLength(html), 0);
      return { recipients, letterKb: bytes / emails.length / 1024 };
    },
    seconds: async () => (await useOf(pid))?.seconds ?? null,
    stop,
  };
}
