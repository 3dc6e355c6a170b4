import { DirectionProvider, MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { useEffect } from "react";
import { ConfigContext } from "../data/config-context.ts";
import { SupabaseContext } from "../data/supabase.ts";
import { useChosenLanguage } from "../locales/chosen-language.ts";
import { directionOf } from "../locales/languages.ts";
import { LanguageProvider } from "../locales/words.tsx";
import type { RouterContext, createAppRouter } from "./router.tsx";
import { theme } from "./theme.ts";

export function App({ router, context }: { router: ReturnType<typeof createAppRouter>; context: RouterContext }) {
  const language = useChosenLanguage();
  useEffect(() => {
    document.documentElement.lang = language;
    document.documentElement.dir = directionOf(language);
  }, [language]);
  return (
    <DirectionProvider initialDirection={directionOf(language)} detectDirection={false} key={directionOf(language)}>
      <MantineProvider theme={theme} defaultColorScheme="auto" withCssVariables={false} withGlobalClasses={false}>
        <LanguageProvider language={language}>
          <QueryClientProvider client={context.queryClient}>
            <ConfigContext value={context.config}>
              <SupabaseContext value={context.supabase}>
                <RouterProvider router={router} />
              </SupabaseContext>
            </ConfigContext>
          </QueryClientProvider>
        </LanguageProvider>
      </MantineProvider>
    </DirectionProvider>
  );
}
