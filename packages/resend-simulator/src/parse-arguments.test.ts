import { describe, expect, it } from 'vitest';
import { parseArguments } from './parse-arguments.ts';

describe('command line', () => {
  it('has defaults for everything', () => {
    expect(parseArguments([])).toEqual({
      kind: 'run',
      settings: { host: '127.0.0.1', port: 4010, rate: 10, dailyQuota: null, latencyMs: 0, apiKeys: [] },
    });
  });

  it('reads every option', () => {
    const argv = '--host ::1 --port=0 --rate off --daily-quota 100 --latency-ms 20 --api-key re_a --api-key re_b'.split(' ');
    expect(parseArguments(argv)).toEqual({
      kind: 'run',
      settings: { host: '::1', port: 0, rate: null, dailyQuota: 100, latencyMs: 20, apiKeys: ['re_a', 're_b'] },
    });
  });

  it('gives help before anything else is looked at', () => {
    expect(parseArguments(['--help', '--port', 'x'])).toEqual({ kind: 'help' });
  });

  it.each([
    ['--port', 'x'], ['--port', '65536'], ['--port', '-1'], ['--port', '80.5'], ['--rate', '0'], ['--rate', 'fast'],
    ['--daily-quota', '-5'], ['--latency-ms', '1e3'], ['--api-key', ''], ['--api-key', 'a b'],
    ['--colour', 'blue'], ['--port'], ['surplus'],
  ])('answers %s %s with one sentence', (...argv) => {
    const parsed = parseArguments(argv);
    expect(parsed.kind).toBe('bad');
    expect(parsed.kind === 'bad' && parsed.message).toMatch(/^[^\n]+\.$/);
  });
});
