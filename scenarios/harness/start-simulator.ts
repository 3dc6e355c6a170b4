import { type RunningProcess, startProcess } from "./start-process.ts";
import { until } from "./until.ts";

export interface SimulatorProcess extends RunningProcess {
  baseUrl: string;
}

/**
 * The simulator in a process of its own, so that it outlives a stack and takes nobody else's time; as many requests a
 * second as one likes.
 * @param flags of its command line
 * @param nodeFlags of Node's
 */
export async function startSimulator(flags: string[] = [], nodeFlags: string[] = []): Promise<SimulatorProcess> {
  const simulator = startProcess({
    what: "The simulator",
    script: "packages/resend-simulator/src/main.ts",
    nodeFlags,
    args: ["--port", "0", "--rate", "off", ...flags],
  });
  const baseUrl = await until("the simulator to start", () => {
    simulator.expectAlive();
    return /http:\/\/\S+/.exec(simulator.printed())?.[0];
  });
  return { ...simulator, baseUrl };
}
