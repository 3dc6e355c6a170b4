/** A moment as Resend writes it in answers and payloads, such as `2026-11-22T12:00:00.000000+00:00`. */
export function iso(at: number): string {
  return new Date(at).toISOString().replace("Z", "000+00:00");
}
