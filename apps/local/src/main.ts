import { createLog } from "@chat-notifications/worker/create-log.ts";
import { parseConfig } from "./config.ts";
import type { LocalStack } from "./local-stack.ts";
import { StartFailure } from "./start-failure.ts";

const config = parseConfig(process.env, process.cwd());
if (!config.ok) {
  console.error(config.message);
  process.exitCode = 1;
} else {
  const stopRequested = waitForSignal();
  try {
    const { startLocalStack } = await import("./local-stack.ts");
    const stack = await startLocalStack(config.config, createLog("warn"));
    printWhereToLook(stack);
    const reason = await Promise.race([stopRequested, stack.databaseExited.then(() => "database" as const)]);
    if (reason === "database") {
      console.error(`Postgres ended unexpectedly: its last words are in ${stack.dataDir}/postgres.log. Start again.`);
      process.exitCode = 1;
    } else {
      console.log("\nStopping: finishing what is in hand. Once more to stop at once.");
    }
    await stack.stop();
    console.log("Stopped.");
    process.exit();
  } catch (error) {
    console.error(error instanceof StartFailure ? error.message : error);
    process.exit(1);
  }
}

/** The first signal asks for an orderly stop, the next one forces it. */
function waitForSignal(): Promise<"signal"> {
  return new Promise((resolve) => {
    let askedAt: number | undefined;
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      process.on(signal, () => {
        askedAt ??= performance.now();
        // Ctrl-C under `npm start` arrives twice at once: from the terminal and from npm.
        if (performance.now() - askedAt > 500) process.exit(130);
        resolve("signal");
      });
    }
    // npm that is killed outright tells nobody: without this the port would stay taken.
    const parent = process.ppid;
    if (process.env.npm_lifecycle_event === undefined) return;
    setInterval(() => process.ppid !== parent && resolve("signal"), 200).unref();
  });
}

function printWhereToLook(stack: LocalStack): void {
  const rows = [
    ["App and API", stack.origin],
    ["Mailbox", stack.mailboxUrl ?? "none: e-mails leave through Resend"],
    ...(stack.demo ? [["Demo people", "organizer@demo.test, speaker@demo.test, … (password demo-password)"]] : []),
    ["Keys", stack.envFile],
  ];
  console.log(`\nChat Notifications is ready.\n\n${rows.map(([name, value]) => `  ${name!.padEnd(13)}${value}`).join("\n")}\n\nCtrl-C stops it.`);
}
