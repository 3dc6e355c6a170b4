import { defineWords } from "../../locales/words.tsx";

interface HomeWords {
  title: string;
  empty: string;
  emptyText: string;
  newEvent: string;
  quiet: string;
  unread(count: number): string;
  mentions(count: number): string;
  said(author: string | null, excerpt: string): string;
}

export const homeWords = defineWords<HomeWords>({
  en: (counted) => ({
    title: "Your events",
    empty: "No events yet",
    emptyText: "An organizer adds you by your handle or your e-mail address. The event then appears here.",
    newEvent: "New event",
    quiet: "Nobody has written here yet.",
    unread: (count) => counted(count, { one: "# unread message", other: "# unread messages" }),
    mentions: (count) => counted(count, { one: "mentions you", other: "mentions you # times" }),
    said: (author, excerpt) => `${author ?? "Someone who left"}: ${excerpt}`,
  }),
  de: (counted) => ({
    title: "Deine Veranstaltungen",
    empty: "Noch keine Veranstaltungen",
    emptyText: "Wer eine Veranstaltung leitet, fügt dich über dein Kürzel oder deine E-Mail-Adresse hinzu. Dann steht sie hier.",
    newEvent: "Neue Veranstaltung",
    quiet: "Hier hat noch niemand geschrieben.",
    unread: (count) => counted(count, { one: "# ungelesene Nachricht", other: "# ungelesene Nachrichten" }),
    mentions: (count) => counted(count, { one: "erwähnt dich", other: "erwähnt dich #-mal" }),
    said: (author, excerpt) => `${author ?? "Jemand, der gegangen ist"}: ${excerpt}`,
  }),
  ar: (counted) => ({
    title: "فعالياتك",
    empty: "لا فعاليات بعد",
    emptyText: "يضيفك المنظّم باسمك المختصر أو ببريدك الإلكتروني، فتظهر الفعالية هنا.",
    newEvent: "فعالية جديدة",
    quiet: "لم يكتب أحد هنا بعد.",
    unread: (count) =>
      counted(count, { zero: "لا رسائل غير مقروءة", one: "رسالة غير مقروءة", two: "رسالتان غير مقروءتين", few: "# رسائل غير مقروءة", other: "# رسالة غير مقروءة" }),
    mentions: (count) => counted(count, { one: "تذكرك", two: "تذكرك مرتين", few: "تذكرك # مرات", other: "تذكرك # مرة" }),
    said: (author, excerpt) => `⁨${author ?? "شخص غادر"}⁩: ⁨${excerpt}⁩`,
  }),
});
