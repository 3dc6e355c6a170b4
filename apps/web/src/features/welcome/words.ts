import { defineWords } from "../../locales/words.tsx";

interface WelcomeWords {
  title: string;
  lead: string;
  name: string;
  nameText: string;
  handle: string;
  handleText: string;
  handleRule: string;
  taken: string;
  language: string;
  zone: string;
  zoneText(now: string): string;
  letters: string;
  lettersText(address: string): string;
  go: string;
  failed: string;
}

export const welcomeWords = defineWords<WelcomeWords>({
  en: () => ({
    title: "Welcome! Who are you?",
    lead: "This is how others see you in chats, and how letters to you are written.",
    name: "Your name",
    nameText: "As it stands beside what you write.",
    handle: "Your handle",
    handleText: "Others mention you with it, for example @maria.",
    handleRule: "Small letters, digits, and . _ - in between, at most 32.",
    taken: "Somebody else has this handle. Choose another one.",
    language: "Language",
    zone: "Time zone",
    zoneText: (now) => `Found on this device: it is ${now} there now. Quiet hours and digests go by it.`,
    letters: "Send me letters about my events",
    lettersText: (address) => `To ${address}: what was written while you were away, gathered. You can change or stop that at any time, also from every letter.`,
    go: "Start",
    failed: "This was not saved. Try again.",
  }),
  de: () => ({
    title: "Willkommen! Wer bist du?",
    lead: "So sehen dich andere in Chats, und so werden Briefe an dich geschrieben.",
    name: "Dein Name",
    nameText: "Wie er neben dem steht, was du schreibst.",
    handle: "Dein Kürzel",
    handleText: "Andere erwähnen dich damit, zum Beispiel @maria.",
    handleRule: "Kleinbuchstaben, Ziffern und dazwischen . _ -, höchstens 32.",
    taken: "Dieses Kürzel hat schon jemand. Wähle ein anderes.",
    language: "Sprache",
    zone: "Zeitzone",
    zoneText: (now) => `Auf diesem Gerät gefunden: dort ist es jetzt ${now}. Ruhezeiten und Sammelbriefe richten sich danach.`,
    letters: "Schickt mir Briefe zu meinen Veranstaltungen",
    lettersText: (address) => `An ${address}: was geschrieben wurde, während du weg warst, gesammelt. Du kannst das jederzeit ändern oder beenden, auch aus jedem Brief heraus.`,
    go: "Los geht's",
    failed: "Das wurde nicht gespeichert. Versuche es noch einmal.",
  }),
  ar: () => ({
    title: "أهلًا بك! من أنت؟",
    lead: "هكذا يراك الآخرون في المحادثات، وهكذا تُكتب الرسائل إليك.",
    name: "اسمك",
    nameText: "كما يظهر بجانب ما تكتبه.",
    handle: "اسمك المختصر",
    handleText: "به يذكرك الآخرون، مثل ⁨@maria⁩.",
    handleRule: "حروف لاتينية صغيرة وأرقام، وبينها ‎. _ -‎، بحد أقصى 32.",
    taken: "هذا الاسم المختصر مأخوذ. اختر غيره.",
    language: "اللغة",
    zone: "المنطقة الزمنية",
    zoneText: (now) => `وُجدت على هذا الجهاز: الساعة هناك الآن ${now}. بها تُحسب ساعات الهدوء والملخّصات.`,
    letters: "أرسلوا لي رسائل عن فعالياتي",
    lettersText: (address) => `إلى ⁨${address}⁩: ما كُتب في غيابك، مجموعًا. يمكنك تغيير ذلك أو إيقافه في أي وقت، ومن كل رسالة أيضًا.`,
    go: "ابدأ",
    failed: "لم يُحفظ هذا. حاول مرة أخرى.",
  }),
});
