/** A paragraph of the report a person reads. */
export interface Section {
  title: string;
  lines: string[];
}

export function printSections(sections: Section[]): string {
  return sections.map(({ title, lines }) => [title, ...lines.map((line) => `  ${line}`)].join("\n")).join("\n\n");
}

export function percent(share: number | null): string {
  return share === null ? "nothing yet" : `${Number((share * 100).toPrecision(4))} %`;
}

export function seconds(value: number | null): string {
  return value === null ? "nothing yet" : value < 1 ? `${Math.round(value * 1000)} ms` : `${Number(value.toPrecision(3))} s`;
}
