import { createPostgresDatabase } from "@chat-notifications/core/postgres-database.ts";
import { createResendProvider } from "@chat-notifications/core/resend-provider.ts";
import { type Processor, runProcessor } from "@chat-notifications/core/run-processor.ts";
import type { Log } from "@chat-notifications/core/deliver-dispatch.ts";
import { createRenderer } from "@chat-notifications/emails/render-letter.ts";
