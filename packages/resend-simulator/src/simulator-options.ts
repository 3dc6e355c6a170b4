import type { SetTimer } from "./agenda.ts";
import type { KeyAccess } from "./authenticate.ts";
import type { FaultPoints } from "./call.ts";
import type { FateRates } from "./decide-fate.ts";
import type { FaultSpec } from "./faults/parse-fault.ts";
import type { LedgerFile } from "./ledger-file.ts";
import type { AcceptedEmail } from "./ledger.ts";
import type { DeliveryOptions } from "./webhooks/webhook-deliveries.ts";
import type { EndpointOptions } from "./webhooks/webhook-endpoints.ts";
import type { TagsForm } from "./webhooks/webhook-payload.ts";

/** What becomes of letters; the rates default to 0: everything is delivered. */
export interface FateOptions extends Partial<FateRates> {
  /** From accepted to delivered, bounced or delayed, in ms; default 1000. */
  readonly deliverAfterMs?: number;
  /** Where `bounced@`, `complained@` … are test recipients as at resend.dev; default `simulator.test`. */
  readonly testDomain?: string;
}

/** Defaults: Svix's retries, no duplicates, nothing held back, 5 s as `maxDelayMs`. */
export interface WebhookOptions extends Partial<DeliveryOptions> {
  /** Endpoints from the start; others come by `POST /webhooks`. */
  readonly endpoints?: readonly EndpointOptions[];
  /** Default `map`, as Resend's. */
  readonly tags?: TagsForm;
}

export interface ResendSimulatorOptions {
  /** Path prefix of everything, such as '/resend'; default none. */
  readonly basePath?: string;
  /** The keys that are valid; default: any non-empty key, with full access. */
  readonly apiKeys?: Readonly<Record<string, KeyAccess>>;
  /** Default 10, as Resend's; null switches the limit off. */
  readonly requestsPerSecond?: number | null;
  /** Recipients per UTC day; default no quota. */
  readonly dailyQuota?: number | null;
  /** Recipients per UTC month; default no quota. */
  readonly monthlyQuota?: number | null;
  /** How long each request takes, in ms; default 0. */
  readonly latencyMs?: number;
  /** Keeps every letter, key and webhook: the four limits below then default to none. */
  readonly keepAll?: boolean;
  /** E-mails whose content is kept; default 10,000. */
  readonly maxEmails?: number;
  /** About how many bytes of content are kept; default 200 MB. */
  readonly maxBytes?: number;
  /** Of how many e-mails, the first ones, HTML and text are kept; of later ones everything else. Default: of all. */
  readonly keepContentOf?: number;
  /** Idempotency keys remembered within their 24 h; default 20,000. */
  readonly maxIdempotencyKeys?: number;
  /** Where everything accepted is written down and taken up again, by `openLedgerFile`; default nowhere. */
  readonly ledgerFile?: LedgerFile;
  readonly fate?: FateOptions;
  readonly webhooks?: WebhookOptions;
  /** Faults in force from the start: rules, or code at the places where they strike. */
  readonly faults?: readonly FaultSpec[] | FaultPoints;
  /** The admin API at `{basePath}/admin`; default off. With a token it is asked for. */
  readonly admin?: boolean | { readonly token: string };
  /** Decides all chance; the same one is used when there is none. */
  readonly seed?: string | number;
  /** Told of each accepted e-mail, in order, before its request is answered. */
  readonly onAccepted?: (email: AcceptedEmail) => void;
  /** Milliseconds since 1970; default the machine's clock. */
  readonly now?: () => number;
  /** Source of ids; default random UUIDs. */
  readonly randomUUID?: () => string;
  /** Waits out latency and slow faults; default a timer. */
  readonly wait?: (ms: number) => Promise<void>;
  /** Brings about what is planned; default a timer, and none with a clock of one's own: requests and `settle` do it then. */
  readonly setTimer?: SetTimer | null;
  /** Delivers webhooks; default Node's own HTTP client. */
  readonly fetch?: typeof fetch;
}
