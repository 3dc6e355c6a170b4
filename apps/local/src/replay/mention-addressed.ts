/**
 * Turns the nick a line begins with (`nick:`, `nick,`) into a mention (`@handle:`, `@handle,`); the rest stays as it is.
 * @param handleOf the handle of whoever goes by a nick; undefined where nobody does.
 */
export function mentionAddressed(text: string, handleOf: (nick: string) => string | undefined): string {
  const nick = /^([^\s:,]+)[:,]/.exec(text)?.[1];
  const handle = nick === undefined ? undefined : handleOf(nick);
  return handle === undefined ? text : `@${handle}${text.slice(nick!.length)}`;
}
