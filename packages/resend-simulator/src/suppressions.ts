import { bareAddress } from "./address.ts";

export interface Suppression {
  readonly id: string;
  /** In lower case. */
  readonly email: string;
  readonly origin: "bounce" | "complaint" | "manual";
  /** The e-mail that bounced or was complained about. */
  readonly sourceId: string | null;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
}

export interface Suppressions {
  readonly size: number;
  has(address: string): boolean;
  /** As `has`, for a bare address in lower case. */
  hasBare(address: string): boolean;
  /** By id or address. */
  get(idOrAddress: string): Suppression | undefined;
  /** Newest first. */
  all(): Suppression[];
  /** Adds an address, or gives the entry it already has. */
  add(address: string, origin: Suppression["origin"], sourceId?: string | null): Suppression;
  remove(idOrAddress: string): Suppression | undefined;
  /** Takes back what an earlier run knew; nobody is told. */
  restore(suppression: Suppression): void;
  /** Takes one off; nobody is told. */
  forget(id: string): Suppression | undefined;
  reset(): void;
}

/** The team's suppression list; `onChange` is told of every address that comes or goes. */
export function createSuppressions(parts: {
  readonly now: () => number;
  readonly randomUUID: () => string;
  readonly onChange: (change: "added" | "removed", suppression: Suppression) => void;
}): Suppressions {
  const byEmail = new Map<string, Suppression>();
  const byId = new Map<string, Suppression>();

  const get = (idOrAddress: string) => byId.get(idOrAddress) ?? byEmail.get(bareAddress(idOrAddress));

  function restore(suppression: Suppression): void {
    byEmail.set(suppression.email, suppression);
    byId.set(suppression.id, suppression);
  }

  function forget(idOrAddress: string): Suppression | undefined {
    const suppression = get(idOrAddress);
    if (!suppression) return undefined;
    byEmail.delete(suppression.email);
    byId.delete(suppression.id);
    return suppression;
  }

  return {
    get size() {
      return byEmail.size;
    },
    has: (address) => byEmail.has(bareAddress(address)),
    hasBare: (address) => byEmail.has(address),
    get,
    all: () => [...byEmail.values()].reverse(),
    add(address, origin, sourceId = null) {
      const email = bareAddress(address);
      const known = byEmail.get(email);
      if (known) return known;
      const suppression = { id: parts.randomUUID(), email, origin, sourceId, createdAt: parts.now() };
      restore(suppression);
      parts.onChange("added", suppression);
      return suppression;
    },
    remove(idOrAddress) {
      const suppression = forget(idOrAddress);
      if (suppression) parts.onChange("removed", suppression);
      return suppression;
    },
    restore,
    forget,
    reset() {
      byEmail.clear();
      byId.clear();
    },
  };
}
