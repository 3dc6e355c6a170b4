import { defineWords } from "../locales/words.tsx";

interface ShellWords {
  skip: string;
  navigation: string;
  events: string;
  home: string;
  bell: string;
  bellWith(news: number): string;
  settings: string;
  mailbox: string;
  operator: string;
  account: string;
  signOut: string;
  newEvent: string;
  noEvents: string;
  unread(count: number): string;
  toDark: string;
  toLight: string;
  offline: string;
  bounces(address: string): string;
  bouncesFix: string;
  invited(by: string, event: string): string;
  join: string;
  decline: string;
}

export const shellWords = defineWords<ShellWords>({
  en: (counted) => ({
    skip: "Skip to content",
    navigation: "Main navigation",
    events: "Events",
    home: "Home",
    bell: "What's new",
    bellWith: (news) => `What's new, ${counted(news, { one: "# unread", other: "# unread" })}`,
    settings: "Notifications",
    mailbox: "Mailbox",
    operator: "Cockpit",
    account: "Account",
    signOut: "Sign out",
    newEvent: "New event",
    noEvents: "No events yet",
    unread: (count) => counted(count, { one: "# unread message", other: "# unread messages" }),
    toDark: "Dark colours",
    toLight: "Light colours",
    offline: "You are offline. Messages you write are kept and sent later.",
    bounces: (address) => `Letters to ${address} come back.`,
    bouncesFix: "Check your address",
    invited: (by, event) => `⁨${by}⁩ invites you to ⁨${event}⁩.`,
    join: "Join",
    decline: "No, thanks",
  }),
  de: (counted) => ({
    skip: "Zum Inhalt springen",
    navigation: "Hauptnavigation",
    events: "Veranstaltungen",
    home: "Start",
    bell: "Neuigkeiten",
    bellWith: (news) => `Neuigkeiten, ${counted(news, { one: "# ungelesen", other: "# ungelesen" })}`,
    settings: "Benachrichtigungen",
    mailbox: "Postfach",
    operator: "Leitstand",
    account: "Konto",
    signOut: "Abmelden",
    newEvent: "Neue Veranstaltung",
    noEvents: "Noch keine Veranstaltungen",
    unread: (count) => counted(count, { one: "# ungelesene Nachricht", other: "# ungelesene Nachrichten" }),
    toDark: "Dunkle Farben",
    toLight: "Helle Farben",
    offline: "Du bist offline. Was du schreibst, wird aufgehoben und später gesendet.",
    bounces: (address) => `Briefe an ${address} kommen zurück.`,
    bouncesFix: "Adresse prüfen",
    invited: (by, event) => `⁨${by}⁩ lädt dich zu ⁨${event}⁩ ein.`,
    join: "Beitreten",
    decline: "Nein danke",
  }),
  ar: (counted) => ({
    skip: "انتقل إلى المحتوى",
    navigation: "التنقل الرئيسي",
    events: "الفعاليات",
    home: "الرئيسية",
    bell: "الجديد",
    bellWith: (news) => `الجديد، ${counted(news, { one: "# غير مقروءة", other: "# غير مقروءة" })}`,
    settings: "الإشعارات",
    mailbox: "صندوق البريد",
    operator: "لوحة التشغيل",
    account: "الحساب",
    signOut: "تسجيل الخروج",
    newEvent: "فعالية جديدة",
    noEvents: "لا فعاليات بعد",
    unread: (count) =>
      counted(count, { zero: "لا رسائل غير مقروءة", one: "رسالة غير مقروءة", two: "رسالتان غير مقروءتين", few: "# رسائل غير مقروءة", other: "# رسالة غير مقروءة" }),
    toDark: "ألوان داكنة",
    toLight: "ألوان فاتحة",
    offline: "أنت غير متصل. تُحفظ رسائلك وتُرسل لاحقًا.",
    bounces: (address) => `الرسائل إلى ⁨${address}⁩ ترتدّ.`,
    bouncesFix: "تحقّق من عنوانك",
    invited: (by, event) => `يدعوك ⁨${by}⁩ إلى ⁨${event}⁩.`,
    join: "انضمام",
    decline: "لا، شكرًا",
  }),
});
