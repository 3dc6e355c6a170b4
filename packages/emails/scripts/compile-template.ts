import type { ReactNode } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { MARK } from "../templates/slots.tsx";
import { shortenStyles } from "./shorten-styles.ts";

export interface TemplateSource {
  /** File name without extension, in `templates/` and in `src/compiled/`. */
  name: string;
  /** Interface in `src/letter-view.ts`. */
  view: string;
  /** The tree rendered with slots whose path is `view`. */
  tree: ReactNode;
  /**
   * A whole document gets a doctype and comes in pieces: what is inserted as it is, which many letters share, stands
   * alone. A fragment is one string.
   */
  document: boolean;
}

/** Turns a React tree into the source of a function that concatenates the same HTML. */
export function compileTemplate({ name, view, tree, document }: TemplateSource): string {
  const html = `${document ? "<!DOCTYPE html>" : ""}${shortenStyles(renderToStaticMarkup(tree))}`;
  return `// Generated from templates/${name}.tsx by \`npm run build\` in packages/emails. Do not edit.
import { escapeHtml, type SafeHtml } from "../escape-html.ts";
import type { ${view} } from "../letter-view.ts";

export function ${functionName(name)}(view: ${view}): ${document ? "SafeHtml[]" : "SafeHtml"} {
${document ? "  const pieces: SafeHtml[] = [];\n" : ""}  let html = "";
${statements(html, document)}
${document ? "  pieces.push(html as SafeHtml);\n  return pieces;" : "  return html as SafeHtml;"}
}
`;
}

function functionName(name: string): string {
  return `render${name.replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase())}`;
}

function statements(html: string, document: boolean): string {
  const pieces = html.split(MARK);
  const lines: string[] = [];
  const open: string[] = [];
  let literal = "";
  const flush = () => {
    if (literal !== "") lines.push(`${indent(open)}html += \`${literal}\`;`);
    literal = "";
  };
  pieces.forEach((piece, at) => {
    if (at % 2 === 0) {
      literal += templateLiteral(piece);
      return;
    }
    const [instruction = "", path = "", name = ""] = piece.split(" ");
    if (instruction === "text") literal += `\${escapeHtml(${path})}`;
    else if (instruction === "html" && document) {
      flush();
      lines.push(`${indent(open)}pieces.push(html as SafeHtml, ${path});`, `${indent(open)}html = "";`);
    } else if (instruction === "html") literal += `\${${path}}`;
    else {
      flush();
      lines.push(...blockLines(instruction, path, name, open));
    }
  });
  flush();
  if (open.length > 0) throw new Error(`Unclosed ${open.join(", ")}: a mark was rendered twice or swallowed by a component.`);
  return lines.join("\n");
}

function blockLines(instruction: string, path: string, name: string, open: string[]): string[] {
  switch (instruction) {
    case "each":
      open.push("each");
      return [`${indent(open.slice(1))}for (const ${name} of ${path}) {`];
    case "when":
      open.push("when");
      return [`${indent(open.slice(1))}if (${path} !== null) {`];
    case "otherwise":
      return [`${indent(open.slice(1))}} else {`];
    case "end":
      open.pop();
      return [`${indent(open)}}`];
    default:
      throw new Error(`Unknown mark "${instruction}".`);
  }
}

const indent = (open: string[]) => "  ".repeat(open.length + 1);

/**
 * Escaped newlines keep the source readable and add nothing to the letter. What is not ASCII becomes a
 * reference: letters in plain ASCII are one-byte strings, which the engine joins and encodes much faster.
 */
function templateLiteral(html: string): string {
  return html
    .replace(/[^\x00-\x7f]/gu, (character) => `&#${character.codePointAt(0)};`)
    .replace(/[\\`]|\$\{/g, "\\$&")
    .replace(/></g, ">\\\n<");
}
