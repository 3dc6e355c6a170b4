/** Colours, type and measures of all letters. Dark values take over where the mail client prefers dark. */
export const theme = {
  font: '-apple-system, BlinkMacSystemFont, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif',
  width: "600px",
  radius: "12px",
  light: {
    page: "#f4f3f0",
    card: "#ffffff",
    ink: "#1d1f23",
    soft: "#676a70",
    line: "#e6e4df",
    accent: "#1f5f4d",
    onAccent: "#ffffff",
    tint: "#fbf3dd",
  },
  dark: {
    page: "#131416",
    card: "#1d1f22",
    ink: "#eceae6",
    soft: "#a2a5aa",
    line: "#34373b",
    accent: "#86cdb5",
    onAccent: "#10231d",
    tint: "#322c1c",
  },
  text: { body: "16px", small: "13px", name: "15px", title: "24px", heading: "19px" },
} as const;

/** Classes carry the dark colours, inline styles the light ones: not every client reads a style sheet. */
export const styleSheet = `
:root { color-scheme: light dark; supported-color-schemes: light dark; }
body { margin: 0; background-color: ${theme.light.page}; }
.wrap { overflow-wrap: anywhere; word-break: break-word; }
.isolate { unicode-bidi: isolate; }
.quiet:hover { text-decoration: underline !important; }
@media (max-width: 640px) {
  .outer { padding: 0 !important; }
  .card { padding: 28px 20px 24px !important; border-radius: 0 !important; }
  .footer { padding: 20px 20px 32px !important; }
  .button { display: block !important; text-align: center !important; }
}
@media (prefers-color-scheme: dark) {
  body, .page { background-color: ${theme.dark.page} !important; }
  .card { background-color: ${theme.dark.card} !important; }
  .ink { color: ${theme.dark.ink} !important; }
  .soft { color: ${theme.dark.soft} !important; }
  .line { border-color: ${theme.dark.line} !important; }
  .accent, .body a { color: ${theme.dark.accent} !important; }
  .button { background-color: ${theme.dark.accent} !important; color: ${theme.dark.onAccent} !important; }
  .tint { background-color: ${theme.dark.tint} !important; }
}
`
  .replace(/\s+/g, " ")
  .trim();
