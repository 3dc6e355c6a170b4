import { DirectionProvider, MantineProvider, useDirection } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { useEffect } from "react";
import { ConfigContext } from "../data/config-context.ts";
import { SupabaseContext } from "../data/supabase.ts";
import { useChosenLanguage } from "../locales/chosen-language.ts";
import { directionOf, type Language } from "../locales/languages.ts";
import { LanguageProvider } from "../locales/words.tsx";
import type { RouterContext, createAppRouter } from "./router.tsx";
import { theme } from "./theme.ts";

export function App({ router, context }: { router: ReturnType<typeof createAppRouter>; context: RouterContext }) {
  const language = useChosenLanguage();
  return (
    <DirectionProvider initialDirection={directionOf(language)} detectDirection={false}>
      <DocumentLanguage language={language} />
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

/** The page's language and direction follow the reader's choice; what they have typed stays. */
function DocumentLanguage({ language }: { language: Language }) {
  const { setDirection } = useDirection();
  useEffect(() => {
    document.documentElement.lang = language;
    setDirection(directionOf(language));
  }, [language, setDirection]);
  return null;
}
