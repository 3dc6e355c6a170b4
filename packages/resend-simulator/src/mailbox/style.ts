/** The mailbox's style: one small sheet, light and dark, from 320 px up. */
export const style = `
:root {
  color-scheme: light dark;
  --page: light-dark(#f6f6f4, #131417); --card: light-dark(#ffffff, #1b1d21); --line: light-dark(#e6e5e1, #2b2e34);
  --ink: light-dark(#1d1f23, #e9eaec); --soft: light-dark(#62656c, #9ca0a9); --hover: light-dark(#f3f4fb, #22252c);
  --accent: light-dark(#3d58c4, #93a7f5); --danger: light-dark(#b3261e, #f2938c); --on-danger: light-dark(#ffffff, #2a0d0b);
}
* { box-sizing: border-box; }
html { background: var(--page); -webkit-text-size-adjust: 100%; }
body { margin: 0 auto; padding: 0 16px; max-width: 1080px; color: var(--ink); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
a { color: inherit; text-decoration: none; }
h1, h2, p, dl, dd, ol { margin: 0; padding: 0; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 6px; }
main:focus { outline: none; }
.skip { position: absolute; left: -999px; }
.skip:focus { left: 16px; top: 8px; z-index: 3; background: var(--card); padding: 8px 12px; }
.bar { position: sticky; top: 0; z-index: 2; display: flex; align-items: center; gap: 12px; padding: 14px 0; background: var(--page); }
.bar h1 { font-size: 19px; font-weight: 650; letter-spacing: -.01em; }
.space { flex: 1; }
.search { flex: 1; display: flex; justify-content: flex-end; }
.search input { width: 100%; max-width: 360px; min-height: 40px; padding: 0 14px; color: inherit; font: inherit; background: var(--card); border: 1px solid var(--line); border-radius: 10px; }
.search input::placeholder { color: var(--soft); opacity: 1; }
button, .button, .quiet { display: inline-flex; align-items: center; justify-content: center; min-height: 40px; min-width: 40px; padding: 0 14px; color: var(--ink); font: inherit; font-weight: 500; background: var(--card); border: 1px solid var(--line); border-radius: 10px; cursor: pointer; }
.quiet { background: none; border-color: transparent; color: var(--soft); }
button:hover, .button:hover, a.quiet:hover { background: var(--hover); color: var(--ink); }
button:disabled, .off { opacity: .4; cursor: default; pointer-events: none; }
.danger { background: var(--danger); border-color: var(--danger); color: var(--on-danger); }
.danger:hover { background: var(--danger); color: var(--on-danger); filter: brightness(1.08); }
.dialog { margin: auto; max-width: min(380px, calc(100vw - 32px)); padding: 20px; color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: 14px; box-shadow: 0 12px 40px rgb(0 0 0 / .18); }
.dialog::backdrop { background: rgb(0 0 0 / .35); }
.dialog h2 { font-size: 16px; } .dialog p { margin: 6px 0 18px; color: var(--soft); }
.dialog form { display: flex; justify-content: flex-end; gap: 8px; flex-wrap: wrap; }
.count { min-height: 1.5em; margin: 2px 0 8px; color: var(--soft); font-size: 13px; overflow-wrap: anywhere; }
.letters { list-style: none; background: var(--card); border: 1px solid var(--line); border-radius: 14px; overflow: hidden; }
.letters li + li { border-top: 1px solid var(--line); }
.letters a { display: grid; grid-template-columns: 36px minmax(120px, 210px) 1fr auto; gap: 0 14px; align-items: center; min-height: 58px; padding: 10px 16px; }
.letters a:hover { background: var(--hover); }
.letters a:focus-visible { outline-offset: -3px; border-radius: 12px; }
.letters .who, .letters .what { white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
.who { font-weight: 550; } .more { color: var(--soft); font-weight: 400; font-size: 13px; }
.preview { color: var(--soft); } .preview:not(:empty)::before { content: "— "; }
.when { color: var(--soft); font-size: 13px; font-variant-numeric: tabular-nums; white-space: nowrap; }
.new { animation: arrive 2.4s ease-out; }
@keyframes arrive { from { background: color-mix(in srgb, var(--accent) 16%, transparent); } }
@media (prefers-reduced-motion: reduce) { .new { animation: none; } }
.face { display: grid; place-items: center; width: 36px; height: 36px; border-radius: 50%; font-size: 15px; font-weight: 600; color: light-dark(hsl(var(--hue) 45% 32%), hsl(var(--hue) 60% 84%)); background: light-dark(hsl(var(--hue) 60% 91%), hsl(var(--hue) 28% 27%)); }
.c0 { --hue: 225; } .c1 { --hue: 160; } .c2 { --hue: 28; } .c3 { --hue: 338; } .c4 { --hue: 265; } .c5 { --hue: 195; } .c6 { --hue: 90; } .c7 { --hue: 8; }
.pages { display: flex; justify-content: space-between; margin: 16px 0; }
.empty { display: grid; justify-items: center; gap: 6px; padding: 13vh 20px; text-align: center; color: var(--soft); background: var(--card); border: 1px solid var(--line); border-radius: 14px; }
.empty h2 { margin-top: 10px; font-size: 18px; color: var(--ink); } .empty p { max-width: 44ch; } .empty .button { margin-top: 10px; }
footer { padding: 18px 0 28px; color: var(--soft); font-size: 13px; text-align: center; }
body.letter { display: flex; flex-direction: column; min-height: 100vh; min-height: 100dvh; }
body.letter .bar { gap: 4px; padding: 10px 0; margin: 0 -10px; }
body.letter main { flex: 1; display: flex; flex-direction: column; min-height: 0; padding-bottom: 20px; }
.envelope { display: flex; gap: 16px; align-items: flex-start; padding: 4px 0 14px; }
.envelope > div { min-width: 0; flex: 1; }
.envelope .face { flex: none; width: 44px; height: 44px; font-size: 18px; }
.envelope h1 { font-size: 21px; line-height: 1.3; font-weight: 650; letter-spacing: -.01em; overflow-wrap: anywhere; }
.envelope dl { margin-top: 6px; font-size: 14px; }
.envelope dl > div { display: flex; gap: 10px; }
.envelope dt { flex: none; width: 3.4em; color: var(--soft); }
.envelope dd { min-width: 0; overflow-wrap: anywhere; } .envelope dd a:hover { text-decoration: underline; }
.address { color: var(--soft); }
.tabs { display: flex; flex-wrap: wrap; align-items: center; gap: 4px; border-bottom: 1px solid var(--line); }
.tabs a { padding: 9px 12px; margin-bottom: -1px; color: var(--soft); font-weight: 500; border-bottom: 2px solid transparent; }
.tabs a:hover { color: var(--ink); } .tabs a[aria-current] { color: var(--ink); border-color: var(--accent); }
.narrow { margin-left: auto; padding: 8px 0; color: var(--soft); font-size: 13px; cursor: pointer; }
.narrow input { accent-color: var(--accent); vertical-align: -2px; }
.view { flex: 1; display: flex; flex-direction: column; align-items: stretch; padding-top: 14px; }
iframe { flex: 1; width: 100%; min-height: max(480px, 60vh); margin: 0 auto; background: #fff; border: 1px solid var(--line); border-radius: 12px; }
main:has(#narrow:checked) iframe { max-width: 390px; }
pre { margin: 0; padding: 18px; overflow: auto; font: 13px/1.6 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; white-space: pre-wrap; overflow-wrap: anywhere; background: var(--card); border: 1px solid var(--line); border-radius: 12px; }
pre.text { font-size: 14px; }
.note { padding: 40px 16px; text-align: center; color: var(--soft); background: var(--card); border: 1px solid var(--line); border-radius: 12px; }
table { width: 100%; margin-bottom: 18px; border-collapse: collapse; font-size: 14px; background: var(--card); border: 1px solid var(--line); }
caption { padding: 4px 2px 6px; text-align: left; color: var(--soft); font-size: 13px; }
th, td { padding: 8px 14px; text-align: left; vertical-align: top; border-top: 1px solid var(--line); }
th { width: 30%; font-weight: 500; color: var(--soft); overflow-wrap: anywhere; } td { overflow-wrap: anywhere; }
@media (max-width: 640px) {
  .narrow { display: none; }
  .bar { flex-wrap: wrap; gap: 8px; } .bar h1 { flex: 1; } .search { order: 3; flex-basis: 100%; } .search input { max-width: none; font-size: 16px; }
  .letters { margin: 0 -16px; border-radius: 0; border-left: 0; border-right: 0; }
  .letters a { grid-template: "face who when" auto "face what what" auto / 36px 1fr auto; gap: 0 12px; min-height: 64px; padding: 11px 16px; }
  .letters .face { grid-area: face; } .letters .who { grid-area: who; } .letters .when { grid-area: when; } .letters .what { grid-area: what; }
  .letters .what { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; white-space: normal; line-height: 1.4; overflow-wrap: anywhere; } .letters .face, .letters .when { align-self: start; }
  .envelope { gap: 12px; } .envelope h1 { font-size: 19px; }
  body.letter main { padding-bottom: 12px; } iframe { margin: 0 -8px; width: calc(100% + 16px); }
  th, td { display: block; width: auto; padding: 8px 12px 0; } td { padding: 0 12px 8px; border-top: 0; }
}
`;
