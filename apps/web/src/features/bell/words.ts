import { defineWords } from "../../locales/words.tsx";

interface BellWords {
  title: string;
  lead: string;
  empty: string;
  emptyText: string;
  unread(count: number): string;
  mentions(count: number): string;
  toMention: string;
  open: string;
  markRead: string;
  markAllRead: string;
  muted: string;
  said(author: string | null, excerpt: string): string;
  more: string;
}

export const bellWords = defineWords<BellWords>({
  en: (counted) => ({
    title: "What's new",
    lead: "What you have not read yet, also when you get no letters about it.",
    empty: "You have read everything",
    emptyText: "New messages and mentions appear here by themselves.",
    unread: (count) => counted(count, { one: "# unread message", other: "# unread messages" }),
    mentions: (count) => counted(count, { one: "# of them mentions you", other: "# of them mention you" }),
    toMention: "To the mention",
    open: "Open",
    markRead: "Mark read",
    markAllRead: "Mark all read",
    muted: "No letters",
    said: (author, excerpt) => `${author ?? "Someone who left"}: ${excerpt}`,
    more: "or more",
  }),
  de: (counted) => ({
    title: "Neuigkeiten",
    lead: "Was du noch nicht gelesen hast, auch wenn du dazu keine Briefe bekommst.",
    empty: "Du hast alles gelesen",
    emptyText: "Neue Nachrichten und Erwähnungen erscheinen hier von selbst.",
    unread: (count) => counted(count, { one: "# ungelesene Nachricht", other: "# ungelesene Nachrichten" }),
    mentions: (count) => counted(count, { one: "# davon erwähnt dich", other: "# davon erwähnen dich" }),
    toMention: "Zur Erwähnung",
    open: "Öffnen",
    markRead: "Als gelesen markieren",
    markAllRead: "Alles als gelesen markieren",
    muted: "Keine Briefe",
    said: (author, excerpt) => `${author ?? "Jemand, der gegangen ist"}: ${excerpt}`,
    more: "oder mehr",
  }),
  ar: (counted) => ({
    title: "الجديد",
    lead: "ما لم تقرأه بعد، حتى إن لم تصلك رسائل بريدية عنه.",
    empty: "لقد قرأت كل شيء",
    emptyText: "تظهر الرسائل الجديدة ومرات ذكرك هنا تلقائيًا.",
    unread: (count) =>
      counted(count, { zero: "لا رسائل غير مقروءة", one: "رسالة غير مقروءة", two: "رسالتان غير مقروءتين", few: "# رسائل غير مقروءة", other: "# رسالة غير مقروءة" }),
    mentions: (count) => counted(count, { one: "واحدة منها تذكرك", two: "اثنتان منها تذكرانك", few: "# منها تذكرك", other: "# منها تذكرك" }),
    toMention: "إلى الرسالة التي تذكرك",
    open: "فتح",
    markRead: "تعليم كمقروء",
    markAllRead: "تعليم الكل كمقروء",
    muted: "بلا رسائل بريدية",
    said: (author, excerpt) => `⁨${author ?? "شخص غادر"}⁩: ⁨${excerpt}⁩`,
    more: "أو أكثر",
  }),
});
