import { createHash, timingSafeEqual } from "node:crypto";
import { Hono, type Context } from "hono";
import { accepted, invalid, refused, type Answer } from "../answer.ts";
import type { FaultRules } from "../faults/fault-rules.ts";
import { parseFaults } from "../faults/parse-fault.ts";
import { isOwnPage } from "../own-page.ts";
import type { ResendSimulator } from "../simulator.ts";
import { ledgerPage } from "./ledger-page.ts";
import { parseEvent } from "./parse-event.ts";

/**
 * The admin API: faults, seed, ledger and totals for tests and judges in other processes.
 * With a token it must come as `Authorization: Bearer TOKEN`; pages of other sites are turned away in any case.
 */
export function createAdmin(parts: {
  readonly token: string | null;
  readonly faults: FaultRules;
  readonly simulator: Pick<ResendSimulator, "accepted" | "suppressions" | "webhooks" | "happen" | "reseed" | "reset">;
  readonly now: () => number;
}): Hono {
  const { token, faults, simulator, now } = parts;
  const admin = new Hono({ strict: false });

  admin.use(async (c, next) => {
    if (!isOwnPage(c)) return reply(refused(403, "validation_error", "The admin API is not for pages of other sites."));
    if (token !== null && !isToken(c, token))
      return reply(refused(401, "missing_api_key", "The admin API needs its token as a bearer token."));
    return next();
  });

  admin.get("/faults", () => reply(accepted({ faults: faults.list() })));
  admin.post("/faults", async (c) => {
    const parsed = parseFaults(await json(c));
    return reply(parsed.ok ? accepted({ faults: parsed.faults.map((fault) => faults.add(fault)) }) : invalid(parsed.message));
  });
  admin.delete("/faults", () => {
    faults.clear();
    return reply(accepted({ faults: [] }));
  });
  admin.delete("/faults/:id", (c) =>
    reply(
      faults.remove(Number(c.req.param("id")))
        ? accepted({ faults: faults.list() })
        : refused(404, "not_found", "There is no such fault."),
    ),
  );

  admin.post("/seed", async (c) => {
    const body = await json(c);
    const seed = typeof body === "object" && body !== null && "seed" in body ? body.seed : undefined;
    if (typeof seed !== "string" && typeof seed !== "number") return reply(invalid('Give a seed, such as {"seed":7}.'));
    simulator.reseed(String(seed));
    return reply(accepted({ seed: String(seed) }));
  });

  admin.get("/ledger", (c) => {
    const { missed, ...page } = ledgerPage(simulator.accepted, new URL(c.req.url).searchParams, now());
    return reply({ ...page, headers: { "x-ledger-missed": String(missed) } });
  });
  admin.get("/totals", () => reply(accepted(totals())));
  admin.post("/emails/:id/events", async (c) => {
    const parsed = parseEvent(await json(c));
    if (!parsed.ok) return reply(invalid(parsed.message));
    const happened = simulator.happen(c.req.param("id"), parsed.event);
    return reply(happened ? accepted(happened) : refused(404, "not_found", "There is no such e-mail."));
  });
  admin.post("/webhooks/flush", async () => {
    await simulator.webhooks.flush();
    return reply(accepted(totals()));
  });
  admin.post("/reset", () => {
    simulator.reset();
    return reply(accepted(totals()));
  });

  function totals() {
    const { accepted: ledger, suppressions, webhooks } = simulator;
    return {
      ...ledger.totals,
      ...ledger.range,
      suppressions: suppressions.size,
      webhooks: webhooks.counts,
      planned: webhooks.planned,
    };
  }

  return admin;
}

function reply({ status, body, contentType, headers }: Answer): Response {
  return new Response(body, { status, headers: { "content-type": contentType, "cache-control": "no-store", ...headers } });
}

async function json(c: Context): Promise<unknown> {
  try {
    return JSON.parse(await c.req.text()) as unknown;
  } catch {
    return undefined;
  }
}

function isToken(c: Context, token: string): boolean {
  const given = /^Bearer +(\S+)$/i.exec(c.req.header("authorization") ?? "")?.[1] ?? "";
  const hash = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(hash(given), hash(token));
}
