import { help, parseArguments, type SimulatorArguments } from './parse-arguments.ts';
import { serveSimulator } from './serve-simulator.ts';
import { createResendSimulator } from './simulator.ts';

const parsed = parseArguments(process.argv.slice(2));
if (parsed.kind === 'help') process.stdout.write(help);
else if (parsed.kind === 'bad') fail(`${parsed.message} See --help.`);
else await run(parsed.settings);

async function run({ host, port, rate, dailyQuota, latencyMs, apiKeys }: SimulatorArguments): Promise<void> {
  const simulator = createResendSimulator({
    requestsPerSecond: rate,
    dailyQuota,
    latencyMs,
    ...(apiKeys.length > 0 && { apiKeys: Object.fromEntries(apiKeys.map((key) => [key, 'full_access' as const])) }),
  });
  const serving = await serveSimulator(simulator, { host, port });
  if (!serving.ok) return fail(reasonFor(serving.code, serving.message, host, port));
  process.stdout.write(`Resend simulator  ${serving.url}  (RESEND_BASE_URL)\nMailbox           ${serving.url}/mailbox\n`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void serving.close());
  }
}

function reasonFor(code: string, message: string, host: string, port: number): string {
  if (code === 'EADDRINUSE') return `Port ${port} is already in use; stop what listens there or choose another with --port.`;
  if (code === 'EACCES') return `Port ${port} needs more rights than this user has; choose one above 1023 with --port.`;
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') return `This machine has no address "${host}"; choose another with --host.`;
  return `The simulator cannot listen on ${host}:${port}: ${message}.`;
}

function fail(sentence: string): void {
  process.stderr.write(`${sentence}\n`);
  process.exitCode = 1;
}
