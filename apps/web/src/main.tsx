import { DEFAULT_THEME, mergeMantineTheme } from "@mantine/core";
import "@mantine/core/styles.css";
import { createRoot } from "react-dom/client";
import "./app/app.css";
import { App } from "./app/app.tsx";
import { createAppRouter } from "./app/router.tsx";
import { adoptThemeVariables } from "./app/theme-variables.ts";
import { theme } from "./app/theme.ts";
import { readConfig } from "./data/config.ts";
import { createQueryClient } from "./data/query-client.ts";
import { openSession } from "./data/session.ts";
import { createSupabase } from "./data/supabase.ts";

adoptThemeVariables(document, mergeMantineTheme(DEFAULT_THEME, theme));
const config = readConfig(document);
const supabase = createSupabase(config);
const context = { config, supabase, queryClient: createQueryClient(), session: await openSession(supabase) };
const router = createAppRouter(context);
context.session.subscribe(() => {
  // What one person read is nothing for the next.
  context.queryClient.clear();
  void router.invalidate();
});
createRoot(document.getElementById("root")!).render(<App router={router} context={context} />);
