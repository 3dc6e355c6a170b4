import { describe, expect, it } from "vitest";
import { flagSections, helpText } from "./flags.ts";
import { parseArguments } from "./parse-arguments.ts";

const secret = `whsec_${Buffer.from("secret").toString("base64")}`;
const other = `whsec_${Buffer.from("other").toString("base64")}`;

describe("command line", () => {
  it("has defaults for everything", () => {
    expect(parseArguments([])).toEqual({
      kind: "run",
      settings: { host: "127.0.0.1", port: 4010, ledger: null, options: { requestsPerSecond: 10, latencyMs: 0 } },
    });
  });

  it("reads what serving needs", () => {
    const argv =
      "--host ::1 --port=0 --rate off --daily-quota 100 --monthly-quota 3000 --latency-ms 20 --api-key re_a --api-key re_b".split(
        " ",
      );
    expect(parseArguments(argv)).toMatchObject({
      settings: {
        host: "::1",
        port: 0,
        options: {
          requestsPerSecond: null,
          dailyQuota: 100,
          monthlyQuota: 3000,
          latencyMs: 20,
          apiKeys: { re_a: "full_access", re_b: "full_access" },
        },
      },
    });
  });

  it("reads what is kept and what becomes of letters", () => {
    const argv =
      "--keep-all --ledger l.ndjson --max-emails 5 --keep-content-of 3 --seed 7 --bounce-rate 0.1 --soft-bounce-rate .2 --complaint-rate 0 --delay-rate 0.3 --fail-rate 0.4 --deliver-after-ms 0 --test-domain t.test";
    expect(parseArguments(argv.split(" "))).toMatchObject({
      settings: {
        ledger: "l.ndjson",
        options: {
          keepAll: true,
          maxEmails: 5,
          keepContentOf: 3,
          seed: "7",
          fate: {
            bounceRate: 0.1,
            softBounceRate: 0.2,
            complaintRate: 0,
            delayRate: 0.3,
            failRate: 0.4,
            deliverAfterMs: 0,
            testDomain: "t.test",
          },
        },
      },
    });
  });

  it("reads webhooks", () => {
    const argv = [
      "--webhook-url",
      "http://a.test/x",
      "--webhook-url",
      "https://b.test",
      "--webhook-secret",
      secret,
      "--webhook-secret",
      other,
    ];
    const rest =
      "--webhook-events email.sent,email.bounced --webhook-tags array --webhook-retry-gaps 0,5 --webhook-duplicates 0.5 --webhook-reorder 1 --webhook-max-delay-ms 9";
    const endpoint = { secrets: [secret, other], events: ["email.sent", "email.bounced"] };
    expect(parseArguments([...argv, ...rest.split(" ")])).toMatchObject({
      settings: {
        options: {
          webhooks: {
            endpoints: [
              { url: "http://a.test/x", ...endpoint },
              { url: "https://b.test", ...endpoint },
            ],
            tags: "array",
            retryGapsMs: [0, 5000],
            duplicateRate: 0.5,
            reorderRate: 1,
            maxDelayMs: 9,
          },
        },
      },
    });
  });

  it("reads faults and the admin API", () => {
    const faults = [
      { kind: "drop_after", probability: 0.02 },
      { kind: "unavailable", times: 3 },
    ];
    expect(parseArguments(["--faults", JSON.stringify(faults), "--admin"])).toMatchObject({
      settings: { options: { faults, admin: true } },
    });
    expect(parseArguments(["--faults", '{"kind":"slow"}', "--admin-token", "t"])).toMatchObject({
      settings: { options: { faults: [{ kind: "slow" }], admin: { token: "t" } } },
    });
  });

  it("gives help before anything else is looked at", () => {
    expect(parseArguments(["--help", "--port", "x"])).toEqual({ kind: "help" });
  });

  it("says something about every flag in the help", () => {
    for (const name of Object.values(flagSections).flatMap(Object.keys)) expect(helpText()).toContain(`  --${name} `);
  });

  it.each([
    ["--port", "x"],
    ["--port", "65536"],
    ["--port", "-1"],
    ["--port", "80.5"],
    ["--rate", "0"],
    ["--rate", "fast"],
    ["--daily-quota", "-5"],
    ["--monthly-quota", "x"],
    ["--latency-ms", "1e3"],
    ["--api-key", ""],
    ["--api-key", "a b"],
    ["--max-emails", "0"],
    ["--ledger", ""],
    ["--bounce-rate", "1.1"],
    ["--bounce-rate", "-1"],
    ["--bounce-rate", "0.6", "--delay-rate", "0.6"],
    ["--deliver-after-ms", "soon"],
    ["--webhook-url", "nowhere"],
    ["--webhook-url", "ftp://a.test"],
    ["--webhook-secret", "whsec_"],
    ["--webhook-secret", "secret"],
    ["--webhook-events", "email.opened"],
    ["--webhook-tags", "list"],
    ["--webhook-retry-gaps", "1,,2"],
    ["--webhook-duplicates", "2"],
    ["--faults", "{"],
    ["--faults", '[{"kind":"none"}]'],
    ["--admin-token", ""],
    ["--colour", "blue"],
    ["--port"],
    ["surplus"],
  ])("answers %s %s with one sentence", (...argv) => {
    const parsed = parseArguments(argv);
    expect(parsed.kind).toBe("bad");
    expect(parsed.kind === "bad" && parsed.message).toMatch(/^[^\n]+\.$/);
  });
});
