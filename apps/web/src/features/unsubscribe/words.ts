import { defineWords } from "../../locales/words.tsx";
import type { Unsubscribing } from "./unsubscribing.ts";

interface UnsubscribeWords {
  title: string;
  question(about: Unsubscribing): string;
  text(about: Unsubscribing): string;
  confirm: string;
  done: string;
  doneText(about: Unsubscribing): string;
  undo: string;
  less: string;
  lessText: string;
  levels: Record<"none" | "mentions" | "all", string>;
  deliveries: Record<"off" | "weekly" | "daily" | "hourly" | "immediate", string>;
  allSettings: string;
  noToken: string;
  noTokenText: string;
  refused: Record<string, string>;
  saved: string;
}

export const unsubscribeWords = defineWords<UnsubscribeWords>({
  en: () => ({
    title: "Letters",
    question: ({ scope, event }) => (scope === "event" ? `Stop letters about ${event?.title ?? "this event"}?` : scope === "digest" ? "Stop your digests?" : "Stop all letters?"),
    text: ({ scope }) =>
      scope === "event"
        ? "You get no more letters about this event, also when somebody mentions you. The chat itself stays as it is."
        : scope === "digest"
          ? "You get no more gathered letters. The chats stay as they are."
          : "You get no more letters from here. The chats stay as they are.",
    confirm: "Stop them",
    done: "Done: these letters stop",
    doneText: ({ scope, event }) => (scope === "event" ? `Nothing more comes about ${event?.title ?? "this event"}.` : "Nothing more of the kind comes."),
    undo: "Undo",
    less: "Or only fewer letters",
    lessText: "Without stopping them altogether.",
    levels: { none: "No letters about this event", mentions: "Only when I am mentioned", all: "All messages" },
    deliveries: { off: "No letters at all", weekly: "One letter a week", daily: "One letter a day", hourly: "At most one letter an hour", immediate: "Soon after something is written" },
    allSettings: "All notification settings",
    noToken: "This link is not complete",
    noTokenText: "Open it from the letter again, or sign in and change your notification settings.",
    refused: {
      token_invalid: "This link is damaged. Open it from the letter again, or sign in and change your settings.",
      key_retired: "This link is too old to be checked. Sign in and change your settings instead.",
      sign_in_first: "Sign in to get more letters than before.",
    },
    saved: "Saved.",
  }),
  de: () => ({
    title: "Briefe",
    question: ({ scope, event }) => (scope === "event" ? `Briefe zu ${event?.title ?? "dieser Veranstaltung"} abbestellen?` : scope === "digest" ? "Sammelbriefe abbestellen?" : "Alle Briefe abbestellen?"),
    text: ({ scope }) =>
      scope === "event"
        ? "Du bekommst keine Briefe mehr zu dieser Veranstaltung, auch nicht, wenn dich jemand erwähnt. Der Chat selbst bleibt, wie er ist."
        : scope === "digest"
          ? "Du bekommst keine Sammelbriefe mehr. Die Chats bleiben, wie sie sind."
          : "Du bekommst von hier keine Briefe mehr. Die Chats bleiben, wie sie sind.",
    confirm: "Abbestellen",
    done: "Erledigt: Diese Briefe kommen nicht mehr",
    doneText: ({ scope, event }) => (scope === "event" ? `Zu ${event?.title ?? "dieser Veranstaltung"} kommt nichts mehr.` : "Davon kommt nichts mehr."),
    undo: "Rückgängig",
    less: "Oder nur weniger Briefe",
    lessText: "Ohne sie ganz abzubestellen.",
    levels: { none: "Keine Briefe zu dieser Veranstaltung", mentions: "Nur wenn ich erwähnt werde", all: "Alle Nachrichten" },
    deliveries: { off: "Gar keine Briefe", weekly: "Ein Brief pro Woche", daily: "Ein Brief pro Tag", hourly: "Höchstens ein Brief pro Stunde", immediate: "Bald nachdem etwas geschrieben wurde" },
    allSettings: "Alle Einstellungen",
    noToken: "Dieser Link ist nicht vollständig",
    noTokenText: "Öffne ihn noch einmal aus dem Brief, oder melde dich an und ändere deine Einstellungen.",
    refused: {
      token_invalid: "Dieser Link ist beschädigt. Öffne ihn noch einmal aus dem Brief, oder melde dich an und ändere deine Einstellungen.",
      key_retired: "Dieser Link ist zu alt, um geprüft zu werden. Melde dich an und ändere deine Einstellungen.",
      sign_in_first: "Melde dich an, um mehr Briefe als vorher zu bekommen.",
    },
    saved: "Gespeichert.",
  }),
  ar: () => ({
    title: "الرسائل البريدية",
    question: ({ scope, event }) => (scope === "event" ? `أتريد إيقاف الرسائل عن ⁨${event?.title ?? "هذه الفعالية"}⁩؟` : scope === "digest" ? "أتريد إيقاف الملخّصات؟" : "أتريد إيقاف كل الرسائل؟"),
    text: ({ scope }) =>
      scope === "event"
        ? "لن تصلك رسائل عن هذه الفعالية، حتى إن ذكرك أحد. وتبقى المحادثة كما هي."
        : scope === "digest"
          ? "لن تصلك رسائل مجمّعة. وتبقى المحادثات كما هي."
          : "لن تصلك رسائل من هنا. وتبقى المحادثات كما هي.",
    confirm: "إيقاف",
    done: "تم: توقفت هذه الرسائل",
    doneText: ({ scope, event }) => (scope === "event" ? `لن يصلك شيء بعد الآن عن ⁨${event?.title ?? "هذه الفعالية"}⁩.` : "لن يصلك شيء منها بعد الآن."),
    undo: "تراجع",
    less: "أو رسائل أقل فقط",
    lessText: "دون إيقافها تمامًا.",
    levels: { none: "بلا رسائل عن هذه الفعالية", mentions: "عند ذكري فقط", all: "كل الرسائل" },
    deliveries: { off: "بلا أي رسائل", weekly: "رسالة واحدة كل أسبوع", daily: "رسالة واحدة كل يوم", hourly: "رسالة واحدة كل ساعة على الأكثر", immediate: "بعد الكتابة بقليل" },
    allSettings: "كل إعدادات الإشعارات",
    noToken: "هذا الرابط غير كامل",
    noTokenText: "افتحه من الرسالة مرة أخرى، أو سجّل دخولك وغيّر إعداداتك.",
    refused: {
      token_invalid: "هذا الرابط تالف. افتحه من الرسالة مرة أخرى، أو سجّل دخولك وغيّر إعداداتك.",
      key_retired: "هذا الرابط أقدم من أن يُتحقق منه. سجّل دخولك وغيّر إعداداتك.",
      sign_in_first: "سجّل دخولك لتصلك رسائل أكثر من قبل.",
    },
    saved: "تم الحفظ.",
  }),
});
