import { readFile, writeFile } from "node:fs/promises";
import type { Figure } from "./measure.ts";

/** What one benchmark measured, when and where. */
export interface Result {
  name: string;
  about: string;
  /** Of its beginning, ISO 8601. */
  date: string;
  machine: string;
  /** Of what is beside it. */
  versions: string;
  rounds: number;
  figures: Figure[];
}

/** What earlier runs have left; none: an empty list. */
export async function readResults(file: string): Promise<Result[]> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return "[]";
    throw error;
  });
  return JSON.parse(text) as Result[];
}

/** Newer results in place of older ones of the same name; the others stay. In the order of the names. */
export function mergeResults(earlier: Result[], newer: Result[], names: string[]): Result[] {
  const all = new Map([...earlier, ...newer].map((result) => [result.name, result]));
  return names.flatMap((name) => all.get(name) ?? []);
}

export async function writeResults(file: string, results: Result[]): Promise<void> {
  const text = JSON.stringify(results, (_key, value: unknown) => (typeof value === "number" ? Number(value.toPrecision(5)) : value), 2);
  // Lists of numbers on one line.
  await writeFile(file, `${text.replace(/\[\s+([-\d.e+,\s]+?)\s+\]/g, (_list, numbers: string) => `[${numbers.replace(/\s+/g, " ")}]`)}\n`);
}
