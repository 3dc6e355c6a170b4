import type { Log } from "@chat-notifications/core/deliver-dispatch.ts";
import pino from "pino";

export const LOG_LEVELS = ["debug", "info", "warn", "error", "silent"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/**
 * One JSON line per event to standard error: level, time, event, and ids, codes and numbers. Fields that could hold
 * what nobody should find in a log are replaced, whoever passes them by mistake.
 * @param destination where lines go instead, for tests
 */
export function createLog(level: LogLevel, destination?: pino.DestinationStream): Log {
  const logger = pino(
    {
      level,
      base: null,
      messageKey: "event",
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: ["address", "email", "to", "body", "text", "subject", "key", "secret", "authorization"], censor: "[removed]" },
    },
    destination ?? pino.destination({ dest: 2, sync: true }),
  );
  return (level, event, fields = {}) => logger[level](fields, event);
}
