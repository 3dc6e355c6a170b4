import { describe, expect, it } from "vitest";
import { letter, startSimulator } from "../testing/start-simulator.ts";

async function read(url: string) {
  const response = await fetch(url);
  return { status: response.status, headers: response.headers, body: await response.text() };
}

const subjectsIn = (body: string) => [...body.matchAll(/class="subject"><bdi>(.*?)<\/bdi>/g)].map((match) => match[1]);

describe("the mailbox", () => {
  it("says that it is empty before anything was sent", async () => {
    const { url } = await startSimulator({ basePath: "/resend" });
    const { status, body } = await read(`${url}/mailbox`);
    expect(status).toBe(200);
    expect(body).toContain("No letters yet");
  });

  it("is where the front door leads", async () => {
    const { url } = await startSimulator({ basePath: "/resend" });
    expect((await fetch(url, { redirect: "manual" })).headers.get("location")).toBe("/resend/mailbox");
  });

  it("lists newest first in pages that stay put while new letters arrive", async () => {
    const { url, resend } = await startSimulator();
    const send = (from: number, until: number) =>
      resend.batch.send(Array.from({ length: until - from }, (_, index) => ({ ...letter, subject: `n${from + index}` })));
    await send(0, 70);
    const first = await read(`${url}/mailbox`);
    expect(subjectsIn(first.body)).toEqual(Array.from({ length: 50 }, (_, index) => `n${69 - index}`));
    const older = /rel="next" href="([^"]+)"/.exec(first.body)?.[1] ?? "";
    await send(70, 75);
    const second = await read(new URL(older, url).href);
    expect(subjectsIn(second.body)).toEqual(Array.from({ length: 20 }, (_, index) => `n${19 - index}`));
    const newer = /rel="prev" href="([^"]+)"/.exec(second.body)?.[1] ?? "";
    expect(subjectsIn((await read(new URL(newer, url).href)).body)).toEqual(
      Array.from({ length: 50 }, (_, index) => `n${69 - index}`),
    );
  });

  it("searches recipients and subjects, every word, in any case", async () => {
    const { url, resend } = await startSimulator();
    await resend.emails.send({ ...letter, to: "Ada <ada@demo.test>", subject: "Opening night" });
    await resend.emails.send({ ...letter, to: "sam@demo.test", subject: "Opening night" });
    await resend.emails.send({ ...letter, to: "ada@demo.test", subject: "Digest", text: "opening" });
    expect(subjectsIn((await read(`${url}/mailbox?q=ADA+opening`)).body)).toEqual(["Opening night"]);
    expect((await read(`${url}/mailbox?q=%3Cscript%3E`)).body).toContain("Nothing found");
  });

  it("answers 304 until something changes, so that looking often costs nothing", async () => {
    const { url, resend } = await startSimulator();
    const etag = (await read(`${url}/mailbox`)).headers.get("etag") ?? "";
    const again = () => fetch(`${url}/mailbox`, { headers: { "if-none-match": etag } });
    expect((await again()).status).toBe(304);
    await resend.emails.send(letter);
    expect((await again()).status).toBe(200);
  });

  it("shows a letter’s text, headers, tags, key and JSON", async () => {
    const { url, resend } = await startSimulator();
    const { data } = await resend.emails.send(
      { ...letter, text: "Line one\nLine two", headers: { "List-Id": "e.demo.test" }, tags: [{ name: "kind", value: "digest" }] },
      { idempotencyKey: "dispatch-7" },
    );
    const page = async (view: string) => (await read(`${url}/mailbox/${data?.id}?view=${view}`)).body;
    expect(await page("text")).toContain("Line one\nLine two");
    const headers = await page("headers");
    for (const part of ["List-Id", "e.demo.test", "kind", "digest", "dispatch-7"]) expect(headers).toContain(part);
    expect(await page("json")).toContain("&quot;subject&quot;: &quot;Hello&quot;");
    expect(await page("html")).toContain(`src="/mailbox/${data?.id}/html"`);
    expect(await page("nonsense")).toContain("<iframe");
  });

  it("shows what became of a letter, as far as it has come", async () => {
    const { url, resend, clock } = await startSimulator();
    const { data } = await resend.emails.send({ ...letter, to: "bounced+mailboxfull@simulator.test" });
    const status = async () =>
      /<dt>Status<\/dt><dd>(.*?)<\/dd>/.exec((await read(`${url}/mailbox/${data?.id}`)).body)?.[1]?.replaceAll(/<[^>]*>/g, "");
    expect(await status()).toBe("Sent 12:00:00 UTC");
    clock.now += 1000;
    expect(await status()).toBe("Sent 12:00:00 UTC → Bounced (Transient, MailboxFull) 12:00:01 UTC");
  });

  it("opens a letter without HTML on its text", async () => {
    const { url, post } = await startSimulator();
    const { html: _html, ...plain } = letter;
    const { id } = (await (await post("/emails", plain)).json()) as { id: string };
    expect((await read(`${url}/mailbox/${id}`)).body).toContain('<pre class="text"');
    expect((await read(`${url}/mailbox/${id}/html`)).status).toBe(404);
  });

  it("says so when a letter is not kept", async () => {
    const { url } = await startSimulator();
    expect(await read(`${url}/mailbox/6fe4c710-0e8a-4c58-8e72-706633f3c1e0`)).toMatchObject({
      status: 404,
      body: expect.stringContaining("This letter is not here"),
    });
  });
});

describe("emptying the mailbox", () => {
  it("removes the letters by button and by DELETE, and keeps the counters", async () => {
    const { url, resend, simulator } = await startSimulator();
    await resend.emails.send(letter);
    const button = await fetch(`${url}/mailbox/empty`, {
      method: "POST",
      headers: { "sec-fetch-site": "same-origin" },
      redirect: "manual",
    });
    expect([button.status, button.headers.get("location")]).toEqual([303, "/mailbox"]);
    expect(simulator.accepted.all()).toEqual([]);
    await resend.emails.send(letter);
    expect((await fetch(`${url}/mailbox`, { method: "DELETE" })).status).toBe(204);
    expect(simulator.accepted.all()).toEqual([]);
    expect(simulator.accepted.totals.emails).toBe(2);
  });

  it.each(["cross-site", "same-site"])("cannot be done by a %s page", async (site) => {
    const { url, resend, simulator } = await startSimulator();
    await resend.emails.send(letter);
    for (const [method, path] of [
      ["POST", "/mailbox/empty"],
      ["DELETE", "/mailbox"],
    ] as const) {
      expect((await fetch(`${url}${path}`, { method, headers: { "sec-fetch-site": site } })).status).toBe(403);
    }
    expect(simulator.accepted.all()).toHaveLength(1);
  });
});

describe("hostile letters", () => {
  const attack = "</title></pre></iframe></script><script>alert(1)</script><img src=x onerror=alert(1)>\"'&";
  const hostile = {
    from: `"${attack.replaceAll('"', "")}" <a@b.co>`,
    to: `"${attack.replaceAll('"', "")}" <x@y.co>`,
    subject: `${attack}\u202Etxt.exe`,
    html: `</iframe><script>alert(1)</script><a href="javascript:alert(1)">x</a><base href="https://evil.test"><head>`,
    text: attack,
    headers: { "X-Attack": attack },
    reply_to: ["x@y.co"],
  };

  it.each(["", "?view=html", "?view=text", "?view=headers", "?view=json"])("are only text on our pages (%s)", async (view) => {
    const { url, post } = await startSimulator();
    const { id } = (await (await post("/emails", hostile)).json()) as { id: string };
    for (const page of [`${url}/mailbox/${id}${view}`, `${url}/mailbox${view}`]) {
      const { body, headers } = await read(page);
      expect(body).not.toContain("<script>alert");
      expect(body).not.toContain("<img");
      expect(body.match(/<script/g)).toHaveLength(1);
      expect(body.match(/<\/title>/g)).toHaveLength(1);
      const policy = headers.get("content-security-policy");
      expect(policy).toContain("default-src 'none'");
      expect(policy).not.toContain("unsafe");
    }
  });

  it("come in a frame and a document of their own where no script runs and nothing loads or posts", async () => {
    const { url, post } = await startSimulator();
    const { id } = (await (await post("/emails", hostile)).json()) as { id: string };
    const page = await read(`${url}/mailbox/${id}`);
    const [frame = ""] = /<iframe[^>]*>/.exec(page.body) ?? [];
    expect(frame).toContain('sandbox="allow-popups allow-popups-to-escape-sandbox"');
    expect(frame).not.toMatch(/srcdoc|allow-scripts|allow-same-origin|allow-top|allow-forms/);
    const { headers } = await read(`${url}/mailbox/${id}/html`);
    const policy = headers.get("content-security-policy")?.split("; ");
    expect(policy).toEqual(
      expect.arrayContaining([
        "sandbox allow-popups allow-popups-to-escape-sandbox",
        "default-src 'none'",
        "base-uri 'none'",
        "form-action 'none'",
      ]),
    );
    expect(policy?.some((rule) => rule.startsWith("script-src"))).toBe(false);
    expect(headers.get("x-content-type-options")).toBe("nosniff");
  });

  it("cannot break the page with a search either", async () => {
    const { url } = await startSimulator();
    const { body } = await read(`${url}/mailbox?q=${encodeURIComponent(attack)}`);
    expect(body.match(/<script/g)).toHaveLength(1);
    expect(body).not.toContain("<img");
  });

  it("are shown with lone surrogates and control characters without failing", async () => {
    const { url, post } = await startSimulator();
    const response = await post("/emails", '{"from":"a@b.co","to":"c@d.co","subject":"\\ud800 \\u0007","text":"\\udfff\\u0000"}');
    const { id } = (await response.json()) as { id: string };
    for (const view of ["text", "headers", "json"]) expect((await read(`${url}/mailbox/${id}?view=${view}`)).status).toBe(200);
    expect((await read(`${url}/mailbox`)).status).toBe(200);
  });

  it("shortens what nobody can read: attachments in the JSON", async () => {
    const { url, post } = await startSimulator();
    const attachments = [{ filename: "photo.png", content: "A".repeat(5000) }];
    const { id } = (await (await post("/emails", { ...letter, attachments })).json()) as { id: string };
    const { body } = await read(`${url}/mailbox/${id}?view=json`);
    expect(body).toContain("(5000 characters)");
    expect(body).not.toContain("A".repeat(300));
    expect(body).toContain("photo.png");
  });
});
