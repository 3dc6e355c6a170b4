import { fileURLToPath } from "node:url";
import ts from "typescript";
import { describe, expect, test } from "vitest";
import { english } from "./english.ts";

describe("a missing phrase", () => {
  const folder = fileURLToPath(new URL("./", import.meta.url));
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    allowImportingTsExtensions: true,
    types: [],
    lib: ["lib.es2023.d.ts"],
  };

  /** Compiles one more file in this folder and says what is wrong with it. */
  function problems(source: string): string[] {
    const name = `${folder}not-there.ts`;
    const host = ts.createCompilerHost(options);
    const { getSourceFile, fileExists } = host;
    host.fileExists = (file) => file === name || fileExists(file);
    host.getSourceFile = (file, ...rest) => (file === name ? ts.createSourceFile(file, source, ts.ScriptTarget.ES2023) : getSourceFile(file, ...rest));
    const program = ts.createProgram([name], options, host);
    return [...program.getSyntacticDiagnostics(), ...program.getSemanticDiagnostics()].map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"));
  }

  const phrases = Object.keys(english("en"));

  test("in any language does not compile, whichever it is; what there is does", { timeout: 60_000 }, () => {
    const found = problems(
      [
        `import type { Catalogue } from "./catalogue.ts";`,
        `import { english } from "./english.ts";`,
        `import { german } from "./german.ts";`,
        `import { arabic } from "./arabic.ts";`,
        `export const complete: Catalogue[] = [english("en"), german("de"), arabic("ar")];`,
        ...phrases.map((phrase) => `export const without_${phrase}: Catalogue = {} as Omit<Catalogue, "${phrase}">;`),
      ].join("\n"),
    );
    expect(found).toHaveLength(phrases.length);
    for (const [at, phrase] of phrases.entries()) expect(found[at]).toContain(`Property '${phrase}' is missing`);
  });
});
