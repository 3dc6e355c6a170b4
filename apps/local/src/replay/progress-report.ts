export interface ProgressReport {
  /** Reports `done` of `total` steps of what is being done. */
  show(doing: string, done: number, total: number): void;
  /** A line that stays. */
  say(sentence: string): void;
}

const WIDTH = 30;

/** A bar that redraws itself on a terminal; elsewhere a line at every fifth of the way. */
export function createProgressReport(write: (text: string) => void, terminal: boolean): ProgressReport {
  let last = "";
  return {
    show(doing, done, total) {
      if (terminal) {
        const filled = Math.round((WIDTH * done) / Math.max(1, total));
        write(`\r\u001b[K${doing} [${"#".repeat(filled)}${" ".repeat(WIDTH - filled)}] ${done}/${total}${done >= total ? "\n" : ""}`);
        return;
      }
      const line = `${doing}: ${Math.floor((done * 5) / Math.max(1, total)) * 20} %`;
      if (line !== last) write(`${line}\n`);
      last = line;
    },
    say(sentence) {
      write(terminal ? `\r\u001b[K${sentence}\n` : `${sentence}\n`);
    },
  };
}
