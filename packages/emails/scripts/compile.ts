import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { compileTemplate } from "./compile-template.ts";
import { templates } from "./templates.tsx";

const folder = new URL("../src/compiled/", import.meta.url);

/** Names of the compiled files that differ from what the templates give now. */
export function outdatedTemplates(): string[] {
  return templates.filter((template) => compileTemplate(template) !== written(template.name)).map(({ name }) => name);
}

function written(name: string): string | null {
  try {
    return readFileSync(new URL(`${name}.ts`, folder), "utf8");
  } catch {
    return null;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const outdated = outdatedTemplates();
  if (process.argv.includes("--check")) {
    if (outdated.length > 0) {
      console.error(`Out of date: ${outdated.join(", ")}. Run \`npm run build -w packages/emails\`.`);
      process.exit(1);
    }
    console.log(`${templates.length} compiled templates are current.`);
  } else {
    mkdirSync(folder, { recursive: true });
    for (const template of templates) writeFileSync(new URL(`${template.name}.ts`, folder), compileTemplate(template));
    console.log(outdated.length === 0 ? "Nothing changed." : `Compiled ${outdated.join(", ")}.`);
  }
}
