/**
 * The mailbox's only script. On the list it looks every few seconds whether something is new and swaps the list in;
 * what the reader looks at stays where it is on the screen, and the focus stays on its letter.
 * Everywhere it writes times in the reader's own time zone.
 */
export const refreshScript = `
const localTimes = (root) => {
  for (const time of root.querySelectorAll('time[data-style]')) {
    const at = new Date(time.dateTime);
    const today = at.toDateString() === new Date().toDateString();
    time.textContent = time.dataset.style === 'full' ? at.toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'medium' })
      : time.dataset.style === 'time' ? at.toLocaleTimeString(undefined, { timeStyle: 'medium' })
      : today ? at.toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit' })
      : at.toLocaleDateString(undefined, { day: 'numeric', month: 'short' });
    time.title = at.toLocaleString();
  }
};
localTimes(document);
const list = document.querySelector('[data-refresh]');
if (list) {
  let etag = list.dataset.etag;
  const known = () => new Set(Array.from(document.querySelectorAll('[data-letter]'), (row) => row.dataset.letter));
  const firstInView = () => Array.from(document.querySelectorAll('[data-letter]')).find((row) => row.getBoundingClientRect().bottom > 0);
  const refresh = async () => {
    if (document.hidden) return;
    const answer = await fetch(location.href, { headers: { 'if-none-match': etag }, cache: 'no-store' });
    if (!answer.ok) return;
    etag = answer.headers.get('etag');
    const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
    localTimes(fresh);
    const before = known();
    const anchor = scrollY > 0 ? firstInView() : undefined;
    const top = anchor?.getBoundingClientRect().top;
    const focused = document.activeElement?.closest('[data-letter]')?.dataset.letter;
    for (const part of document.querySelectorAll('[data-part]')) {
      const next = fresh.querySelector('[data-part="' + part.dataset.part + '"]');
      if (next && next.innerHTML !== part.innerHTML) part.innerHTML = next.innerHTML;
    }
    document.title = fresh.title;
    const row = (id) => id && document.querySelector('[data-letter="' + id + '"]');
    if (before.size) for (const id of known()) if (!before.has(id)) row(id).classList.add('new');
    row(focused)?.querySelector('a').focus({ preventScroll: true });
    const now = row(anchor?.dataset.letter)?.getBoundingClientRect().top;
    if (now !== undefined) scrollBy({ top: now - top, behavior: 'instant' });
  };
  setInterval(() => refresh().catch(() => {}), 2500);
  document.addEventListener('visibilitychange', () => refresh().catch(() => {}));
}
`;
