import { defineWords } from "../locales/words.tsx";

interface UiWords {
  loading: string;
  failed: string;
  unreachable: string;
  unreachableText: string;
  tryAgain: string;
  unexpected: string;
  cancel: string;
  close: string;
  back: string;
}

export const uiWords = defineWords<UiWords>({
  en: () => ({
    loading: "Loading …",
    failed: "This did not work",
    unreachable: "The server cannot be reached",
    unreachableText: "You may be offline. What you wrote is kept here.",
    tryAgain: "Try again",
    unexpected: "Something went wrong on our side.",
    cancel: "Cancel",
    close: "Close",
    back: "Back",
  }),
  de: () => ({
    loading: "Wird geladen …",
    failed: "Das hat nicht geklappt",
    unreachable: "Der Server ist nicht erreichbar",
    unreachableText: "Vielleicht bist du offline. Was du geschrieben hast, bleibt hier erhalten.",
    tryAgain: "Noch einmal versuchen",
    unexpected: "Bei uns ist etwas schiefgegangen.",
    cancel: "Abbrechen",
    close: "Schließen",
    back: "Zurück",
  }),
  ar: () => ({
    loading: "جارٍ التحميل…",
    failed: "لم ينجح ذلك",
    unreachable: "تعذّر الوصول إلى الخادم",
    unreachableText: "ربما أنت غير متصل. ما كتبته محفوظ هنا.",
    tryAgain: "حاول مرة أخرى",
    unexpected: "حدث خطأ من جهتنا.",
    cancel: "إلغاء",
    close: "إغلاق",
    back: "رجوع",
  }),
});
