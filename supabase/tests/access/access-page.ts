import { readFileSync } from "node:fs";

const PAGE = new URL("../../../docs/access.md", import.meta.url);

/** One table's cells by its row's and column's name. */
export type AccessTable = Map<string, Record<string, string>>;

export interface AccessPage {
  rows: AccessTable;
  calls: AccessTable;
  grants: AccessTable;
  /** Roles that may execute a function, by bare name: no two functions share one, whatever their schema. */
  execute: Map<string, string[]>;
}

/** docs/access.md as data. Throws where a name stands twice: one of the two would be ignored. */
export function readAccessPage(): AccessPage {
  const sections = new Map(readFileSync(PAGE, "utf8").split(/^## /m).map((text) => [text.split("\n")[0]!, text]));
  const section = (title: string): string => {
    const text = sections.get(title);
    if (text === undefined) throw new Error(`docs/access.md has no section “${title}”.`);
    return text;
  };
  return {
    rows: parseTable(section("Rows")),
    calls: parseTable(section("Calls")),
    grants: parseTable(section("Grants on tables, views and sequences")),
    execute: parseLists(section("Who may execute which function")),
  };
}

function parseTable(text: string): AccessTable {
  const lines = text.split("\n").filter((line) => line.startsWith("|")).map((line) => line.slice(1, -1).split("|").map((cell) => cell.trim()));
  const [head, , ...rest] = lines as [string[], string[], ...string[][]];
  const table: AccessTable = new Map();
  for (const [name, ...cells] of rest) {
    refuseTwice(table, name!);
    table.set(name!, Object.fromEntries(head.slice(1).map((column, i) => [column, cells[i]!])));
  }
  return table;
}

/** Paragraphs that end in “– `role, role`:”, each followed by lists “- label: name, name”. */
function parseLists(text: string): Map<string, string[]> {
  const execute = new Map<string, string[]>();
  for (const [, roles, lists] of text.matchAll(/– `([a-z_, ]+)`:\n+((?:- .*\n?)+)/g)) {
    const granted = roles === "nobody" ? [] : roles!.split(", ").sort();
    for (const [, names] of lists!.matchAll(/^- [^:]+: (.*)$/gm)) {
      for (const name of names!.split(", ")) {
        refuseTwice(execute, name);
        execute.set(name, granted);
      }
    }
  }
  return execute;
}

function refuseTwice(seen: Map<string, unknown>, name: string): void {
  if (seen.has(name)) throw new Error(`docs/access.md names ${name} twice.`);
}
