import { defineWords } from "../../locales/words.tsx";

interface RoomWords {
  empty: string;
  emptyText: string;
  gone: string;
  goneText: string;
  someoneWhoLeft: string;
  you: string;
  newSince: string;
  deleted: string;
  edited: string;
  sending: string;
  waiting: string;
  refused: string;
  retry: string;
  discard: string;
  edit: string;
  remove: string;
  removeQuestion: string;
  removeText: string;
  save: string;
  write(event: string): string;
  send: string;
  sendHint: string;
  tooLong(count: number): string;
  toNewest: string;
  newMessages(count: number): string;
  back: string;
  organize: string;
  people: string;
  suggestions: string;
  everyone: string;
  everyoneText: string;
  messages: string;
  linkGone: string;
  actions: string;
  openReceipt: string;
  level: string;
  levels: Record<"all" | "mentions" | "none", string>;
}

export const roomWords = defineWords<RoomWords>({
  en: (counted) => ({
    empty: "It is quiet here",
    emptyText: "Write the first message. Everybody in this event hears of it, by letter if they are not here.",
    gone: "This event is not yours to see",
    goneText: "It does not exist, or you are not in it. An organizer can add you.",
    someoneWhoLeft: "Someone who left",
    you: "You",
    newSince: "New",
    deleted: "This message was deleted.",
    edited: "edited",
    sending: "Sending …",
    waiting: "Not sent yet; it is tried again by itself",
    refused: "Not sent",
    retry: "Try again",
    discard: "Throw away",
    edit: "Edit message",
    remove: "Delete message",
    removeQuestion: "Delete this message?",
    removeText: "Nobody sees it any more, and letters that are not sent yet leave it out.",
    save: "Save",
    write: (event) => `Write to ${event}`,
    send: "Send",
    sendHint: "Enter sends, Shift + Enter starts a line, @ mentions somebody",
    tooLong: (count) => counted(count, { one: "# character too many", other: "# characters too many" }),
    toNewest: "To the newest",
    newMessages: (count) => counted(count, { one: "# new message", other: "# new messages" }),
    back: "Back to your events",
    organize: "Organize",
    people: "People",
    suggestions: "People to mention",
    everyone: "everyone",
    everyoneText: "Everybody in this event, at once",
    messages: "Messages",
    linkGone: "The message of this link is not here any more.",
    actions: "What to do with this message",
    openReceipt: "What became of it",
    level: "Letters about this event",
    levels: { all: "All messages", mentions: "Mentions only", none: "No letters" },
  }),
  de: (counted) => ({
    empty: "Hier ist es still",
    emptyText: "Schreib die erste Nachricht. Alle in dieser Veranstaltung erfahren davon, per Brief, wenn sie nicht hier sind.",
    gone: "Diese Veranstaltung siehst du nicht",
    goneText: "Es gibt sie nicht, oder du gehörst nicht dazu. Wer sie leitet, kann dich hinzufügen.",
    someoneWhoLeft: "Jemand, der gegangen ist",
    you: "Du",
    newSince: "Neu",
    deleted: "Diese Nachricht wurde gelöscht.",
    edited: "bearbeitet",
    sending: "Wird gesendet …",
    waiting: "Noch nicht gesendet; es wird von selbst wieder versucht",
    refused: "Nicht gesendet",
    retry: "Noch einmal",
    discard: "Verwerfen",
    edit: "Nachricht bearbeiten",
    remove: "Nachricht löschen",
    removeQuestion: "Diese Nachricht löschen?",
    removeText: "Niemand sieht sie mehr, und Briefe, die noch nicht gesendet sind, lassen sie weg.",
    save: "Speichern",
    write: (event) => `An ${event} schreiben`,
    send: "Senden",
    sendHint: "Enter sendet, Umschalt + Enter beginnt eine Zeile, @ erwähnt jemanden",
    tooLong: (count) => counted(count, { one: "# Zeichen zu viel", other: "# Zeichen zu viel" }),
    toNewest: "Zum Neuesten",
    newMessages: (count) => counted(count, { one: "# neue Nachricht", other: "# neue Nachrichten" }),
    back: "Zurück zu deinen Veranstaltungen",
    organize: "Leiten",
    people: "Personen",
    suggestions: "Personen zum Erwähnen",
    everyone: "everyone",
    everyoneText: "Alle in dieser Veranstaltung, sofort",
    messages: "Nachrichten",
    linkGone: "Die Nachricht zu diesem Link ist nicht mehr da.",
    actions: "Was mit dieser Nachricht geschehen soll",
    openReceipt: "Was daraus wurde",
    level: "Briefe zu dieser Veranstaltung",
    levels: { all: "Alle Nachrichten", mentions: "Nur Erwähnungen", none: "Keine Briefe" },
  }),
  ar: (counted) => ({
    empty: "الهدوء يعمّ هنا",
    emptyText: "اكتب أول رسالة. يصل خبرها إلى كل من في الفعالية، وبالبريد لمن ليس هنا.",
    gone: "لا يمكنك رؤية هذه الفعالية",
    goneText: "إما أنها غير موجودة أو أنك لست فيها. يمكن للمنظّم إضافتك.",
    someoneWhoLeft: "شخص غادر",
    you: "أنت",
    newSince: "جديد",
    deleted: "حُذفت هذه الرسالة.",
    edited: "معدّلة",
    sending: "جارٍ الإرسال…",
    waiting: "لم تُرسل بعد، وستُعاد المحاولة تلقائيًا",
    refused: "لم تُرسل",
    retry: "حاول مرة أخرى",
    discard: "تجاهل",
    edit: "تعديل الرسالة",
    remove: "حذف الرسالة",
    removeQuestion: "أتريد حذف هذه الرسالة؟",
    removeText: "لن يراها أحد بعد الآن، ولن تظهر في الرسائل البريدية التي لم تُرسل بعد.",
    save: "حفظ",
    write: (event) => `اكتب إلى ⁨${event}⁩`,
    send: "إرسال",
    sendHint: "‏Enter للإرسال، و Shift + Enter لسطر جديد، و @ لذكر شخص",
    tooLong: (count) => counted(count, { one: "حرف زائد", two: "حرفان زائدان", few: "# أحرف زائدة", other: "# حرفًا زائدًا" }),
    toNewest: "إلى الأحدث",
    newMessages: (count) => counted(count, { one: "رسالة جديدة", two: "رسالتان جديدتان", few: "# رسائل جديدة", other: "# رسالة جديدة" }),
    back: "العودة إلى فعالياتك",
    organize: "تنظيم",
    people: "الأشخاص",
    suggestions: "أشخاص يمكن ذكرهم",
    everyone: "everyone",
    everyoneText: "كل من في هذه الفعالية، فورًا",
    messages: "الرسائل",
    linkGone: "رسالة هذا الرابط لم تعد هنا.",
    actions: "إجراءات الرسالة",
    openReceipt: "ما الذي حدث لها",
    level: "الرسائل البريدية عن هذه الفعالية",
    levels: { all: "كل الرسائل", mentions: "عند ذكري فقط", none: "بلا رسائل بريدية" },
  }),
});
