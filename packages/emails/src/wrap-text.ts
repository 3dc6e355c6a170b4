/** Columns of the text version. */
export const COLUMNS = 72;

/** Breaks lines at spaces so that they fit into 72 columns, each line behind `indent`. Long words, URLs above all, stay whole. */
export function wrapText(text: string, indent = ""): string {
  return text
    .split("\n")
    .flatMap((line) => wrapLine(line, COLUMNS - indent.length))
    .map((line) => (line === "" ? "" : indent + line))
    .join("\n");
}

function wrapLine(line: string, width: number): string[] {
  if (line.length <= width) return [line];
  const lines: string[] = [];
  let current = "";
  for (const word of line.split(" ")) {
    if (current !== "" && current.length + 1 + word.length > width) {
      lines.push(current);
      current = word;
    } else {
      current = current === "" ? word : `${current} ${word}`;
    }
  }
  lines.push(current);
  return lines;
}
