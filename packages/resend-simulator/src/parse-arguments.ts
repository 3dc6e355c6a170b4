import { parseArgs } from 'node:util';

export interface SimulatorArguments {
  readonly host: string;
  readonly port: number;
  /** Requests per second; null: no limit. */
  readonly rate: number | null;
  readonly dailyQuota: number | null;
  readonly latencyMs: number;
  /** Empty: any key is accepted. */
  readonly apiKeys: readonly string[];
}

export type ParsedArguments =
  | { readonly kind: 'run'; readonly settings: SimulatorArguments }
  | { readonly kind: 'help' }
  | { readonly kind: 'bad'; readonly message: string };

export const help = `Resend simulator: Resend's HTTP API on this machine, with a mailbox to read what was sent.

Usage: npx tsx packages/resend-simulator/src/main.ts [options]

  --port N          port to listen on (default 4010; 0 takes any free one)
  --host ADDRESS    address to listen on (default 127.0.0.1)
  --rate N|off      requests per second (default 10, as Resend's)
  --daily-quota N   recipients per UTC day (default no quota)
  --latency-ms N    how long each request takes (default 0)
  --api-key KEY     a valid key, may be given several times (default: any key)
  --help            this text
`;

/** Reads the command line; `argv` without the program's name. */
export function parseArguments(argv: readonly string[]): ParsedArguments {
  let values;
  try {
    ({ values } = parseArgs({
      args: [...argv],
      options: {
        port: { type: 'string', default: '4010' },
        host: { type: 'string', default: '127.0.0.1' },
        rate: { type: 'string', default: '10' },
        'daily-quota': { type: 'string' },
        'latency-ms': { type: 'string', default: '0' },
        'api-key': { type: 'string', multiple: true, default: [] },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }));
  } catch (error) {
    const [firstSentence = ''] = (error instanceof Error ? error.message : String(error)).split(/\. |\n/);
    return { kind: 'bad', message: `${firstSentence.replace(/\.$/, '')}.` };
  }
  if (values.help) return { kind: 'help' };
  const port = wholeNumber(values.port, 0, 65_535);
  if (port === null) return { kind: 'bad', message: `--port must be a whole number from 0 to 65535, not "${values.port}".` };
  const rate = values.rate === 'off' ? null : wholeNumber(values.rate, 1);
  if (rate === null && values.rate !== 'off') {
    return { kind: 'bad', message: `--rate must be a whole number from 1 or "off", not "${values.rate}".` };
  }
  const quotaText = values['daily-quota'];
  const dailyQuota = quotaText === undefined ? null : wholeNumber(quotaText, 0);
  if (dailyQuota === null && quotaText !== undefined) {
    return { kind: 'bad', message: `--daily-quota must be a whole number from 0, not "${quotaText}".` };
  }
  const latencyMs = wholeNumber(values['latency-ms'], 0, 3_600_000);
  if (latencyMs === null) return { kind: 'bad', message: `--latency-ms must be a whole number from 0 to 3600000, not "${values['latency-ms']}".` };
  if (values['api-key'].some((key) => !/^\S+$/.test(key))) return { kind: 'bad', message: '--api-key must not be empty or contain spaces.' };
  return { kind: 'run', settings: { host: values.host, port, rate, dailyQuota, latencyMs, apiKeys: values['api-key'] } };
}

function wholeNumber(text: string, min: number, max = Number.MAX_SAFE_INTEGER): number | null {
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  return value >= min && value <= max ? value : null;
}
