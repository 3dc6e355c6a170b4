import { defineWords } from "../locales/words.tsx";

interface AppWords {
  notFound: string;
  notFoundText: string;
  toEvents: string;
}

export const appWords = defineWords<AppWords>({
  en: () => ({
    notFound: "There is nothing here",
    notFoundText: "The page was moved, or the address has a typo.",
    toEvents: "To your events",
  }),
  de: () => ({
    notFound: "Hier ist nichts",
    notFoundText: "Die Seite ist umgezogen, oder die Adresse enthält einen Tippfehler.",
    toEvents: "Zu deinen Veranstaltungen",
  }),
  ar: () => ({
    notFound: "لا يوجد شيء هنا",
    notFoundText: "نُقلت الصفحة أو أن في العنوان خطأ.",
    toEvents: "إلى فعالياتك",
  }),
});
