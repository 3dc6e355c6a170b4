import path from "node:path";

/**
 * The text of a conversation file; a bare name that is no file here is looked up in scenarios/data/irc.
 * undefined: there is no such file.
 */
export async function findConversation(
  name: string,
  { workingDirectory, dataFolder, readFile }: {
    workingDirectory: string;
    dataFolder: string;
    /** A file's text; undefined where there is none. */
    readFile: (file: string) => Promise<string | undefined>;
  },
): Promise<string | undefined> {
  const here = await readFile(path.resolve(workingDirectory, name));
  if (here !== undefined || path.basename(name) !== name) return here;
  return readFile(path.join(dataFolder, name));
}
