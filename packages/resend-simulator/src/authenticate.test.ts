import { request } from "node:http";
import { Resend } from "resend";
import { describe, expect, it } from "vitest";
import { letter, startSimulator } from "./testing/start-simulator.ts";

const apiKeys = { re_full: "full_access", re_send: "sending_access" } as const;

describe("who may call", () => {
  it("answers 401 missing_api_key without a key", async () => {
    const { url, simulator } = await startSimulator();
    const wrong: Record<string, string>[] = [{}, { authorization: "Bearer " }, { authorization: "Basic abc" }];
    for (const headers of wrong) {
      const response = await fetch(`${url}/emails`, { method: "POST", headers, body: JSON.stringify(letter) });
      expect(response.status).toBe(401);
      expect(await response.json()).toMatchObject({ name: "missing_api_key", statusCode: 401 });
    }
    expect(simulator.accepted.totals.emails).toBe(0);
  });

  it("answers 403 invalid_api_key to an unknown key", async () => {
    const { resend, simulator } = await startSimulator({ apiKeys });
    expect((await resend.emails.send(letter)).error).toMatchObject({ statusCode: 403, name: "invalid_api_key" });
    expect(simulator.accepted.totals.emails).toBe(0);
  });

  it("lets a sending key send and nothing else", async () => {
    const { url } = await startSimulator({ apiKeys });
    const sender = new Resend("re_send", { baseUrl: url });
    const { data } = await sender.emails.send(letter);
    expect((await sender.emails.list()).error).toMatchObject({ statusCode: 401, name: "restricted_api_key" });
    expect((await sender.emails.get(data?.id ?? "")).error).toMatchObject({ statusCode: 401, name: "restricted_api_key" });
    const reader = new Resend("re_full", { baseUrl: url });
    expect((await reader.emails.get(data?.id ?? "")).data?.id).toBe(data?.id);
  });

  it("turns away requests without a User-Agent as the edge does", async () => {
    const { url, simulator } = await startSimulator();
    const answer = await new Promise<{ status: number | undefined; body: string }>((resolve, reject) => {
      const call = request(`${url}/emails`, { method: "POST", headers: { authorization: "Bearer re_test" } }, (response) => {
        let body = "";
        response.on("data", (chunk) => (body += chunk));
        response.on("end", () => resolve({ status: response.statusCode, body }));
      });
      call.on("error", reject);
      call.end(JSON.stringify(letter));
    });
    expect(answer).toEqual({ status: 403, body: "error code: 1010" });
    expect(simulator.accepted.totals.emails).toBe(0);
  });
});
