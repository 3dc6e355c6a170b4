/** How often a reader gets a digest. */
export type DigestRhythm = "hourly" | "daily" | "weekly";

/** The rhythm to word a digest for. Absent and unknown ones are daily. */
export function digestRhythm(digest: string | null | undefined): DigestRhythm {
  return digest === "hourly" || digest === "weekly" ? digest : "daily";
}
