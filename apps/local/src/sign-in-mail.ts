import type { EmailDriver } from "@supabase/lite";
import type { MailService } from "./mail-service.ts";

/** Sends what sign-in has to say (links and codes) the way of all other mail. */
export function createSignInMail(service: MailService, sender: () => Promise<string>): EmailDriver {
  return {
    async send({ to, subject, text, html }) {
      const response = await service.fetch(`${service.baseUrl}/emails`, {
        method: "POST",
        headers: {
          authorization: `Bearer ${service.apiKey}`,
          "content-type": "application/json",
          "user-agent": "chat-notifications/0.1",
        },
        body: JSON.stringify({ from: await sender(), to, subject, text, html }),
      });
      if (!response.ok) throw new Error(`sign-in mail was not accepted: HTTP ${response.status}`);
    },
  };
}
