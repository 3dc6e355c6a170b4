import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { TestProject } from "vitest/node";
import { type TestCluster, startTestCluster } from "./test-cluster.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Answers with the cluster's URL; the first question starts the cluster. */
    testClusterService: string;
  }
}

/** One cluster for all workers, started when the first test asks: runs without database tests stay quick. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  let cluster: Promise<TestCluster> | undefined;
  const server = createServer((_request, response) => {
    cluster ??= startTestCluster();
    cluster.then(
      ({ url }) => response.end(url),
      (error: Error) => response.writeHead(500).end(error.stack ?? error.message),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  project.provide("testClusterService", `http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  return async () => {
    server.close();
    server.closeAllConnections();
    await (await cluster?.catch(() => undefined))?.stop();
  };
}
