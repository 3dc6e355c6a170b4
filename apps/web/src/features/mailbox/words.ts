import { defineWords } from "../../locales/words.tsx";

interface MailboxWords {
  title: string;
  lead: string;
  frame: string;
  inTab: string;
  none: string;
  noneText: string;
}

export const mailboxWords = defineWords<MailboxWords>({
  en: () => ({
    title: "Mailbox",
    lead: "Everything this deployment would have mailed, as its recipients would see it.",
    frame: "Mailbox: what was sent",
    inTab: "Open in a tab of its own",
    none: "Letters leave for real here",
    noneText: "Only a local deployment keeps them in a mailbox.",
  }),
  de: () => ({
    title: "Postfach",
    lead: "Alles, was von hier gesendet worden wäre, wie es die Empfänger sähen.",
    frame: "Postfach: was gesendet wurde",
    inTab: "In eigenem Tab öffnen",
    none: "Hier gehen Briefe wirklich hinaus",
    noneText: "Nur eine lokale Installation hebt sie in einem Postfach auf.",
  }),
  ar: () => ({
    title: "صندوق البريد",
    lead: "كل ما كان سيُرسل من هنا، كما كان سيراه المستلمون.",
    frame: "صندوق البريد: ما أُرسل",
    inTab: "فتح في تبويب مستقل",
    none: "الرسائل هنا تُرسل فعلًا",
    noneText: "لا يحتفظ بها في صندوق إلا التشغيل المحلي.",
  }),
});
