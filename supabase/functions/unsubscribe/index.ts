// The links in letters: one click turns down, GET only looks.
import { unsubscribe } from "@chat-notifications/core/unsubscribe.ts";
import { createPostgresUnsubscribing } from "@chat-notifications/core/unsubscribe-database.ts";
import { countStrangers } from "../_shared/count-strangers.ts";
import { connect } from "../_shared/open-database.ts";
import { log, serve } from "../_shared/serve.ts";

export default serve(["database", "unsubscribeKeys"], (settings) => {
  const deps = { database: createPostgresUnsubscribing(connect(settings)), keys: settings.unsubscribeKeys, log };
  return countStrangers("unsubscribe", settings, (request) => unsubscribe(request, deps));
});
