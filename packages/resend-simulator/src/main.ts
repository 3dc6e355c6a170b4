import { helpText } from "./flags.ts";
import { openLedgerFile, type LedgerFile } from "./ledger-file.ts";
import { parseArguments, type SimulatorArguments } from "./parse-arguments.ts";
import { serveSimulator } from "./serve-simulator.ts";
import { createResendSimulator, type ResendSimulator } from "./simulator.ts";

const parsed = parseArguments(process.argv.slice(2));
if (parsed.kind === "help") process.stdout.write(helpText());
else if (parsed.kind === "bad") fail(`${parsed.message} See --help.`);
else await run(parsed.settings);

async function run({ host, port, ledger, options }: SimulatorArguments): Promise<void> {
  let ledgerFile: LedgerFile | null = null;
  let simulator: ResendSimulator;
  try {
    ledgerFile = ledger === null ? null : openLedgerFile(ledger);
    simulator = createResendSimulator({ ...options, ...(ledgerFile && { ledgerFile }) });
  } catch (error) {
    return fail(`The ledger cannot be used: ${error instanceof Error ? error.message : String(error)}.`);
  }
  const serving = await serveSimulator(simulator, { host, port });
  if (!serving.ok) return fail(reasonFor(serving.code, serving.message, host, port));
  process.stdout.write(`Resend simulator  ${serving.url}  (RESEND_BASE_URL)\nMailbox           ${serving.url}/mailbox\n`);
  if (options.admin) process.stdout.write(`Admin             ${serving.url}/admin\n`);
  for (const { url, secrets } of simulator.webhooks.endpoints.all()) {
    process.stdout.write(`Webhooks          ${url}  (${secrets.map(({ secret }) => secret).join(", ")})\n`);
  }
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => void serving.close());
  }
}

function reasonFor(code: string, message: string, host: string, port: number): string {
  if (code === "EADDRINUSE") return `Port ${port} is already in use; stop what listens there or choose another with --port.`;
  if (code === "EACCES") return `Port ${port} needs more rights than this user has; choose one above 1023 with --port.`;
  if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND")
    return `This machine has no address "${host}"; choose another with --host.`;
  return `The simulator cannot listen on ${host}:${port}: ${message}.`;
}

function fail(sentence: string): void {
  process.stderr.write(`${sentence}\n`);
  process.exitCode = 1;
}
