import { randomBytes } from "node:crypto";

const OLD_SECRET_KEPT_MS = 24 * 60 * 60 * 1000;

/** Everything the simulator tells about. */
export const webhookEvents = [
  "email.sent",
  "email.delivered",
  "email.delivery_delayed",
  "email.bounced",
  "email.complained",
  "email.failed",
  "email.suppressed",
  "suppression.added",
  "suppression.removed",
] as const;

/** An endpoint as options give it. */
export interface EndpointOptions {
  readonly url: string;
  /** `whsec_` and base64; two while a secret is being changed: deliveries then carry both signatures. Default: a fresh one. */
  readonly secrets?: readonly string[];
  /** Event types; default all. */
  readonly events?: readonly string[] | null;
}

export interface WebhookEndpoint {
  readonly id: string;
  readonly url: string;
  readonly events: readonly string[] | null;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  /** The newest first; a replaced one signs along until its time is up. */
  secrets: readonly { readonly secret: string; readonly until: number | null }[];
}

export interface WebhookEndpoints {
  /** Oldest first. */
  all(): WebhookEndpoint[];
  get(id: string): WebhookEndpoint | undefined;
  /** Those that want this type of event. */
  subscribedTo(type: string): WebhookEndpoint[];
  add(id: string, endpoint: EndpointOptions): WebhookEndpoint;
  remove(id: string): WebhookEndpoint | undefined;
  /** Gives it a new secret; the old one signs along for 24 h. */
  rotate(id: string): WebhookEndpoint | undefined;
  /** The secrets that sign now. */
  secretsOf(endpoint: WebhookEndpoint): readonly string[];
  reset(): void;
}

/** The team's webhook endpoints: those of `configured` stay through a reset. */
export function createWebhookEndpoints(configured: readonly EndpointOptions[], now: () => number): WebhookEndpoints {
  const endpoints = new Map<string, WebhookEndpoint>();

  function add(id: string, { url, secrets = [], events = null }: EndpointOptions): WebhookEndpoint {
    const signing = secrets.length > 0 ? secrets : [freshSecret()];
    const endpoint = { id, url, events, createdAt: now(), secrets: signing.map((secret) => ({ secret, until: null })) };
    endpoints.set(id, endpoint);
    return endpoint;
  }

  function addConfigured(): void {
    // The same id in every run: what was delivered before a restart is known by it.
    configured.forEach((endpoint, index) => add(`00000000-0000-4000-8000-${String(index + 1).padStart(12, "0")}`, endpoint));
  }

  addConfigured();
  return {
    all: () => [...endpoints.values()],
    get: (id) => endpoints.get(id),
    subscribedTo: (type) => [...endpoints.values()].filter(({ events }) => events === null || events.includes(type)),
    add,
    remove(id) {
      const endpoint = endpoints.get(id);
      endpoints.delete(id);
      return endpoint;
    },
    rotate(id) {
      const endpoint = endpoints.get(id);
      if (!endpoint) return undefined;
      const [current] = endpoint.secrets;
      endpoint.secrets = [
        { secret: freshSecret(), until: null },
        ...(current ? [{ secret: current.secret, until: now() + OLD_SECRET_KEPT_MS }] : []),
      ];
      return endpoint;
    },
    secretsOf: ({ secrets }) => secrets.filter(({ until }) => until === null || until > now()).map(({ secret }) => secret),
    reset() {
      endpoints.clear();
      addConfigured();
    },
  };
}

function freshSecret(): string {
  return `whsec_${randomBytes(24).toString("base64")}`;
}
