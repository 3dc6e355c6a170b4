import { defineWords } from "../../locales/words.tsx";

interface AccountWords {
  title: string;
  you: string;
  name: string;
  handle: string;
  taken: string;
  zone: string;
  language: string;
  save: string;
  saved: string;
  failed: string;
  address: string;
  addressText: string;
  problems: Record<"bounced" | "soft_bounces" | "complained" | "provider" | "manual", string>;
  problemFix: string;
  look: string;
  lookText: string;
  looks: Record<"light" | "dark" | "auto", string>;
  data: string;
  dataText: string;
  download: string;
  downloadText: string;
  remove: string;
  removeText: string;
  removeQuestion: string;
  removeWarning: string;
  removeType(word: string): string;
  removeWord: string;
  removeForGood: string;
}

export const accountWords = defineWords<AccountWords>({
  en: () => ({
    title: "Account",
    you: "How others see you",
    name: "Your name",
    handle: "Your handle",
    taken: "Somebody else has this handle. Choose another one.",
    zone: "Time zone",
    language: "Language of the app and of letters",
    save: "Save",
    saved: "Saved",
    failed: "This was not saved. Try again.",
    address: "E-mail address",
    addressText: "Letters go there. Nobody else in your events sees it.",
    problems: {
      bounced: "Letters to this address come back: it does not exist, or it refuses them. No more are sent.",
      soft_bounces: "Letters to this address came back several times, for example because the mailbox is full. No more are sent.",
      complained: "A letter to this address was reported as spam. No more are sent.",
      provider: "The mail service does not write to this address any more.",
      manual: "An operator stopped letters to this address.",
    },
    problemFix: "If the address is right again, tell an operator of this deployment; they can let letters through.",
    look: "Appearance",
    lookText: "On this device.",
    looks: { light: "Light", dark: "Dark", auto: "As the device" },
    data: "Your data",
    dataText: "All that is stored about you is yours to see and to delete.",
    download: "Download my data",
    downloadText: "One file (JSON): profile, settings, messages, letters and what became of them.",
    remove: "Delete my account",
    removeText: "Account, settings and letters are deleted at once and for good.",
    removeQuestion: "Delete your account?",
    removeWarning: "There is no way back. Your name disappears from what you wrote in chats. To never mail you again by mistake, a fingerprint of your address may be kept if letters to it bounced.",
    removeType: (word) => `Type “${word}” to go on`,
    removeWord: "delete",
    removeForGood: "Delete for good",
  }),
  de: () => ({
    title: "Konto",
    you: "So sehen dich andere",
    name: "Dein Name",
    handle: "Dein Kürzel",
    taken: "Dieses Kürzel hat schon jemand. Wähle ein anderes.",
    zone: "Zeitzone",
    language: "Sprache der App und der Briefe",
    save: "Speichern",
    saved: "Gespeichert",
    failed: "Das wurde nicht gespeichert. Versuche es noch einmal.",
    address: "E-Mail-Adresse",
    addressText: "Dorthin gehen Briefe. Sonst sieht sie niemand in deinen Veranstaltungen.",
    problems: {
      bounced: "Briefe an diese Adresse kommen zurück: Es gibt sie nicht, oder sie nimmt nichts an. Es werden keine mehr gesendet.",
      soft_bounces: "Briefe an diese Adresse kamen mehrmals zurück, etwa weil das Postfach voll ist. Es werden keine mehr gesendet.",
      complained: "Ein Brief an diese Adresse wurde als Spam gemeldet. Es werden keine mehr gesendet.",
      provider: "Der Maildienst schreibt nicht mehr an diese Adresse.",
      manual: "Jemand aus dem Betrieb hat Briefe an diese Adresse gestoppt.",
    },
    problemFix: "Wenn die Adresse wieder stimmt, sag es jemandem aus dem Betrieb; dort lassen sich Briefe wieder zulassen.",
    look: "Aussehen",
    lookText: "Auf diesem Gerät.",
    looks: { light: "Hell", dark: "Dunkel", auto: "Wie das Gerät" },
    data: "Deine Daten",
    dataText: "Alles, was über dich gespeichert ist, kannst du ansehen und löschen.",
    download: "Meine Daten herunterladen",
    downloadText: "Eine Datei (JSON): Profil, Einstellungen, Nachrichten, Briefe und was aus ihnen wurde.",
    remove: "Mein Konto löschen",
    removeText: "Konto, Einstellungen und Briefe werden sofort und endgültig gelöscht.",
    removeQuestion: "Dein Konto löschen?",
    removeWarning: "Es gibt keinen Weg zurück. Dein Name verschwindet von dem, was du in Chats geschrieben hast. Damit dir nie wieder versehentlich geschrieben wird, bleibt vielleicht ein Fingerabdruck deiner Adresse, falls Briefe an sie zurückkamen.",
    removeType: (word) => `Schreibe „${word}“, um fortzufahren`,
    removeWord: "löschen",
    removeForGood: "Endgültig löschen",
  }),
  ar: () => ({
    title: "الحساب",
    you: "كيف يراك الآخرون",
    name: "اسمك",
    handle: "اسمك المختصر",
    taken: "هذا الاسم المختصر مأخوذ. اختر غيره.",
    zone: "المنطقة الزمنية",
    language: "لغة التطبيق والرسائل",
    save: "حفظ",
    saved: "تم الحفظ",
    failed: "لم يُحفظ هذا. حاول مرة أخرى.",
    address: "البريد الإلكتروني",
    addressText: "إليه تُرسل الرسائل، ولا يراه أحد آخر في فعالياتك.",
    problems: {
      bounced: "الرسائل إلى هذا العنوان ترتدّ: إما أنه غير موجود أو أنه يرفضها. لن يُرسل المزيد.",
      soft_bounces: "ارتدّت الرسائل إلى هذا العنوان عدة مرات، ربما لأن الصندوق ممتلئ. لن يُرسل المزيد.",
      complained: "أُبلغ عن رسالة إلى هذا العنوان كبريد مزعج. لن يُرسل المزيد.",
      provider: "لم تعد خدمة البريد تكتب إلى هذا العنوان.",
      manual: "أوقف أحد المشغّلين الرسائل إلى هذا العنوان.",
    },
    problemFix: "إن صحّ العنوان من جديد فأخبر أحد المشغّلين ليسمح بالرسائل.",
    look: "المظهر",
    lookText: "على هذا الجهاز.",
    looks: { light: "فاتح", dark: "داكن", auto: "كالجهاز" },
    data: "بياناتك",
    dataText: "كل ما يُحفظ عنك لك أن تراه وأن تحذفه.",
    download: "تنزيل بياناتي",
    downloadText: "ملف واحد (JSON): الملف الشخصي والإعدادات والرسائل وما حدث لها.",
    remove: "حذف حسابي",
    removeText: "يُحذف الحساب والإعدادات والرسائل فورًا ونهائيًا.",
    removeQuestion: "أتريد حذف حسابك؟",
    removeWarning: "لا رجعة في ذلك. يختفي اسمك عمّا كتبته في المحادثات. وحتى لا تصلك رسالة خطأً، قد تُحفظ بصمة عنوانك إن كانت الرسائل إليه قد ارتدّت.",
    removeType: (word) => `اكتب «${word}» للمتابعة`,
    removeWord: "حذف",
    removeForGood: "حذف نهائي",
  }),
});
