import { Hono } from 'hono';
import { refused } from './answer.ts';
import type { KeyAccess } from './authenticate.ts';
import { createIdempotencyKeys } from './idempotency-keys.ts';
import { createLedger, type AcceptedEmail, type Ledger } from './ledger.ts';
import { createMailbox } from './mailbox/mailbox.ts';
import { createPipeline, type FaultPoints } from './pipeline.ts';
import { createQuota } from './quota.ts';
import { createRateWindow } from './rate-window.ts';
import { listEmails, retrieveEmail } from './read-emails.ts';

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
  /** E-mails whose content is kept; default 10,000. */
  readonly maxEmails?: number;
  /** About how many bytes of content are kept; default 200 MB. */
  readonly maxBytes?: number;
  /** Idempotency keys remembered within their 24 h; default 20,000. */
  readonly maxIdempotencyKeys?: number;
  readonly faults?: FaultPoints;
  /** Told of each accepted e-mail, in order, before its request is answered. */
  readonly onAccepted?: (email: AcceptedEmail) => void;
  /** Milliseconds since 1970; default the machine's clock. */
  readonly now?: () => number;
  /** Source of e-mail ids; default random UUIDs. */
  readonly randomUUID?: () => string;
  /** Waits out the latency; default a timer. */
  readonly wait?: (ms: number) => Promise<void>;
}

export interface ResendSimulator {
  /** Handles one HTTP request: the API, or the mailbox at `{basePath}/mailbox`. */
  fetch(request: Request): Promise<Response>;
  /** What was really accepted, in order. */
  readonly accepted: Ledger;
  /** Forgets everything: e-mails, counters, keys, rate window and quotas. */
  reset(): void;
}

/** Resend's HTTP contract in memory, for development, tests and benchmarks. */
export function createResendSimulator(options: ResendSimulatorOptions = {}): ResendSimulator {
  const now = options.now ?? Date.now;
  const wait = options.wait ?? ((ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)));
  const latencyMs = options.latencyMs ?? 0;
  const basePath = (options.basePath ?? '').replace(/\/+$/, '');

  const rateWindow = createRateWindow(options.requestsPerSecond === undefined ? 10 : options.requestsPerSecond, now);
  const quota = createQuota({ daily: options.dailyQuota ?? null, monthly: options.monthlyQuota ?? null }, now);
  const idempotencyKeys = createIdempotencyKeys(options.maxIdempotencyKeys ?? 20_000, now);
  const ledger = createLedger(
    { maxEmails: options.maxEmails ?? 10_000, maxBytes: options.maxBytes ?? 200_000_000 },
    options.onAccepted ?? (() => {}),
  );
  const pipeline = createPipeline({
    apiKeys: options.apiKeys ? new Map(Object.entries(options.apiKeys)) : null,
    rateWindow,
    quota,
    idempotencyKeys,
    ledger,
    faults: options.faults ?? {},
    work: () => (latencyMs > 0 ? wait(latencyMs) : undefined),
    now,
    randomUUID: options.randomUUID ?? (() => crypto.randomUUID()),
  });

  const app = new Hono({ strict: false }).basePath(basePath);
  app.route('/mailbox', createMailbox(ledger, `${basePath}/mailbox`));
  app.get('/', (c) => c.redirect(`${basePath}/mailbox`));
  app.post('/emails', (c) => pipeline.send('POST /emails', c.req.raw));
  app.post('/emails/batch', (c) => pipeline.send('POST /emails/batch', c.req.raw));
  app.get('/emails', (c) =>
    pipeline.read('GET /emails', c.req.raw, () => listEmails(ledger, new URL(c.req.url).searchParams)),
  );
  app.get('/emails/:id', (c) => pipeline.read('GET /emails/:id', c.req.raw, () => retrieveEmail(ledger, c.req.param('id'))));
  for (const path of ['/emails', '/emails/batch', '/emails/:id']) {
    app.all(path, (c) =>
      pipeline.refuse(c.req.raw, refused(405, 'method_not_allowed', 'Method is not allowed for the requested path.')),
    );
  }
  app.notFound((c) => pipeline.refuse(c.req.raw, refused(404, 'not_found', 'The requested endpoint does not exist.')));

  return {
    fetch: async (request) => app.fetch(request),
    accepted: ledger,
    reset() {
      ledger.reset();
      idempotencyKeys.reset();
      rateWindow.reset();
      quota.reset();
    },
  };
}
