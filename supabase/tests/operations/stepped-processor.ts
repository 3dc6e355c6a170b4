import { createPostgresOperations } from "../../../packages/core/src/operations-database.ts";
import { reportHealth } from "../../../packages/core/src/health.ts";
import { keepWatch } from "../../../packages/core/src/keep-watch.ts";
import { type Processor, runProcessor } from "../../../packages/core/src/run-processor.ts";
import { createResendSimulator } from "../../../packages/resend-simulator/src/simulator.ts";
import type { TestDatabase } from "../harness/test-database.ts";
import { createDelivery, TEST_DEPLOYMENT } from "../harness/world.ts";

const HANG_MS = 1e9;
/** Nothing takes as many turns; a test that needs them waits in vain. */
const MOST_TURNS = 200;

/**
 * The processor's own loop as a login that may only execute, at a time of the test's choosing, sleeping until the test
 * lets it go on; and what the world sees of it.
 */
export async function startSteppedProcessor(database: TestDatabase, start: Date) {
  const login = `faults_${new URL(database.url).pathname.slice(6, 22)}`;
  await database.sql.unsafe(`create role ${login} login password 'faults' in role notifier`);
  let closed = 0;
  let onClosed = () => {};
  const connect = (application_name: string, onclose = () => {}) =>
    database.connect({ max: 1, username: login, password: "faults", backoff: () => 0.05, onclose, connection: { application_name } });
  const connectProcessor = () =>
    connect("stepped", () => {
      closed += 1;
      onClosed();
    });
  const seen = { alive: 0, posts: [] as string[], errors: [] as string[] };
  let clock = start;
  let passedMs = 0;
  let reachable = true;
  let wake = () => {};
  let onSleep = () => {};
  const asOf = () => clock;
  const simulator = createResendSimulator({ requestsPerSecond: null });
  const { deps } = createDelivery(connectProcessor(), asOf, {
    ...simulator,
    fetch: async (request, bindings) => {
      if (!reachable) throw new TypeError("fetch failed");
      return simulator.fetch(request, bindings);
    },
  });
  const operations = createPostgresOperations(connectProcessor(), { deploymentUrl: TEST_DEPLOYMENT, asOf });
  const log: typeof deps.log = (level, _event, fields) => void (level === "error" && seen.errors.push(String(fields?.code)));
  const processor: Processor = runProcessor(
    {
      ...deps,
      log,
      now: () => passedMs,
      sleep: (ms, signal) =>
        new Promise((resolve) => {
          signal.addEventListener("abort", () => resolve());
          if (ms === HANG_MS) return;
          wake = resolve;
          onSleep();
        }),
      watch: (working) =>
        keepWatch({
          working, operations, provider: deps.provider, log, processor: { id: "stepped", kind: "worker", version: "test" },
          post: async (_telling, text) => seen.posts.push(text) > 0,
          reportAlive: async () => void (seen.alive += 1),
        }),
    },
    { hangMs: HANG_MS },
  );
  await new Promise<void>((resolve) => (onSleep = resolve));

  return {
    seen,
    simulator,
    /** Negative: the clock is set back; time goes on. */
    pass(minutes: number) {
      clock = new Date(clock.getTime() + minutes * 60_000);
      passedMs += Math.abs(minutes) * 60_000;
    },
    now: asOf,
    setReachable: (value: boolean) => void (reachable = value),
    /** As a function that is asked for the first time. */
    health: () => reportHealth({ operations: createPostgresOperations(connect("asked"), { deploymentUrl: TEST_DEPLOYMENT, asOf }), now: () => performance.now(), sleep: (_ms, signal) => new Promise((resolve) => signal.addEventListener("abort", () => resolve())) }),
    /** One turn of its loop, or as many as it takes. */
    async turn(until: () => boolean = () => true) {
      for (let turns = 0; turns < MOST_TURNS; turns += 1) {
        const asleep = new Promise<void>((resolve) => (onSleep = resolve));
        wake();
        await asleep;
        if (until()) return;
      }
      throw new Error("The processor did not come to it.");
    },
    /** Whom the simulator's letters told what, sorted. */
    told: () => simulator.accepted.all().map(({ wire }) => `${[wire.to].flat().join()} ${/fault-\d/.exec(wire.text ?? "")?.[0] ?? wire.subject}`).sort(),
    /** Ends what it has open, as an end of the server would, and waits until it knows. */
    async disconnect() {
      closed = 0;
      const { count } = await database.sql`
        select pg_terminate_backend(pid) from pg_stat_activity
        where usename = ${login} and application_name = 'stepped' and query !~* '^listen'`;
      const ended = new Promise<void>((resolve) => (onClosed = () => closed >= count && resolve()));
      onClosed();
      await ended;
    },
    async stop() {
      await processor.stop();
      await database.sql.unsafe(`drop role ${login}`);
    },
  };
}
