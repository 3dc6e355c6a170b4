import { type MantineTheme, convertCssVariables, defaultCssVariablesResolver } from "@mantine/core";

/** Mantine's greys for quiet text fall short of 4.5:1 on their background; the app's surfaces stand here, too. */
const LIGHT = {
  "--mantine-color-body": "#ffffff",
  "--mantine-color-text": "#1c1f26",
  "--mantine-color-dimmed": "#5b6270",
  "--mantine-color-placeholder": "#697080",
  "--mantine-color-error": "#c92a2a",
  "--mantine-color-default-border": "#d4d8e0",
  "--app-sidebar": "#f6f7f9",
  "--app-raised": "#f6f7f9",
  "--app-line": "#e6e8ee",
  "--app-hover": "#eceef3",
  "--app-chosen": "#e4e7fb",
  "--app-accent": "#3f4fc4",
  "--app-badge": "#3f4fc4",
  "--app-mention": "#fff4d6",
  "--app-mention-text": "#8a4b00",
  "--app-danger": "#c92a2a",
};
const DARK: typeof LIGHT = {
  "--mantine-color-body": "#16181f",
  "--mantine-color-text": "#e3e5eb",
  "--mantine-color-dimmed": "#9aa1b1",
  "--mantine-color-placeholder": "#8b92a3",
  "--mantine-color-error": "#ff8787",
  "--mantine-color-default-border": "#343946",
  "--app-sidebar": "#101218",
  "--app-raised": "#1d2028",
  "--app-line": "#272b35",
  "--app-hover": "#1f222b",
  "--app-chosen": "#262b4a",
  "--app-accent": "#a3b0ff",
  "--app-badge": "#5765d8",
  "--app-mention": "#3a2e10",
  "--app-mention-text": "#ffc96b",
  "--app-danger": "#ff8787",
};

/**
 * Puts the theme's variables into a constructed style sheet. MantineProvider would write a style element, for which
 * the Content-Security-Policy would have to allow inline styles or a nonce, which static hosting cannot give.
 */
export function adoptThemeVariables(page: Document, theme: MantineTheme): void {
  const { variables, light, dark } = defaultCssVariablesResolver(theme);
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(
    convertCssVariables(
      {
        variables,
        light: { ...light, ...LIGHT, "--mantine-color-scheme": "light" },
        dark: { ...dark, ...DARK, "--mantine-color-scheme": "dark" },
      },
      ":root",
    ),
  );
  page.adoptedStyleSheets = [...page.adoptedStyleSheets, sheet];
}
