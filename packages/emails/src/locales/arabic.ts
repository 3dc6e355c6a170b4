import { isolate } from "../isolate.ts";
import type { Catalogue } from "./catalogue.ts";
import { createCounting } from "./counting.ts";

/**
 * Arabic, with the numbers of `locale`: Arabic-Indic digits in Cairo, European ones in Rabat. Actions
 * are verbal nouns ("opening the chat"), which address everybody alike.
 */
export function arabic(locale: string): Catalogue {
  const counted = createCounting(locale);
  const name = (text: string) => isolate(text, "rtl");
  const messages = (count: number) =>
    counted(count, {
      zero: "لا رسائل جديدة",
      one: "رسالة جديدة واحدة",
      two: "رسالتان جديدتان",
      few: "# رسائل جديدة",
      many: "# رسالة جديدة",
      other: "# رسالة جديدة",
    });
  const andMoreMessages = (count: number) =>
    counted(count, {
      one: "ورسالة أخرى",
      two: "ورسالتان أخريان",
      few: "و# رسائل أخرى",
      many: "و# رسالة أخرى",
      other: "و# رسالة أخرى",
    });
  const andMoreEvents = (count: number) =>
    counted(count, {
      one: "وفعالية أخرى",
      two: "وفعاليتان أخريان",
      few: "و# فعاليات أخرى",
      many: "و# فعالية أخرى",
      other: "و# فعالية أخرى",
    });
  const inEvents = (count: number) =>
    counted(count, {
      zero: "في فعالياتك",
      one: "في فعالية واحدة",
      two: "في فعاليتين",
      few: "في # فعاليات",
      many: "في # فعالية",
      other: "في # فعالية",
    });
  const andInMoreEvents = (count: number) =>
    counted(count, {
      one: "وفعالية أخرى",
      two: "وفعاليتين أخريين",
      few: "و# فعاليات أخرى",
      many: "و# فعالية أخرى",
      other: "و# فعالية أخرى",
    });
  const andOthers = (count: number) =>
    counted(count, {
      one: "وشخص آخر",
      two: "وشخصين آخرين",
      few: "و# أشخاص آخرين",
      many: "و# شخصًا آخر",
      other: "و# شخص آخر",
    });
  const mentionBy = ([first, second, ...others]: string[]) => {
    if (first === undefined) return "إشارة إليك";
    if (second === undefined) return `إشارة إليك من ${name(first)}`;
    const both = `إشارة إليك من ${name(first)} و${name(second)}`;
    return others.length === 0 ? both : `${both} ${andOthers(others.length)}`;
  };
  const digest = { hourly: "ملخّص الساعة الأخيرة", daily: "ملخّصك اليومي", weekly: "ملخّصك الأسبوعي" };

  return {
    language: "ar",
    direction: "rtl",

    someoneWhoLeft: "حساب محذوف",
    edited: "معدّلة",
    mentionsYou: "إشارة إليك",
    noText: "(لا يوجد ما يمكن عرضه)",
    hidden: {
      email: "[بريد إلكتروني مخفي]",
      phone: "[رقم هاتف مخفي]",
      card: "[رقم بطاقة مخفي]",
      bankAccount: "[رقم حساب مخفي]",
      key: "[مفتاح أو كلمة مرور مخفية]",
      code: "[رمز مخفي]",
      link: "[رابط خاص مخفي]",
    },
    textStaysInChat: "يمكن قراءة نص الرسائل في المحادثة فقط.",

    newMessages: messages,
    andMoreMessages,
    andMoreEvents: (eventCount, messageCount) => {
      if (eventCount === 0) return andMoreMessages(messageCount);
      return messageCount === 0 ? andMoreEvents(eventCount) : `${andMoreEvents(eventCount)} (${messages(messageCount)})`;
    },
    mentionedYou: mentionBy,
    newMessagesInEvent: (count, event) => `${messages(count)} في ${name(event)}`,
    newMessagesInEvents: (messageCount, eventCount) => `${messages(messageCount)} ${inEvents(eventCount)}`,

    conversationSubject: (event) => `رسائل جديدة في ${name(event)}`,
    mentionSubject: (names, event) => `${mentionBy(names)} في ${name(event)}`,
    combinedSubject: (messageCount, firstEvent, otherEvents) => {
      const subject = `${messages(messageCount)} في ${name(firstEvent)}`;
      return otherEvents === 0 ? subject : `${subject} ${andInMoreEvents(otherEvents)}`;
    },
    digestSubject: (rhythm, messageCount, eventCount) => `${digest[rhythm]}: ${messages(messageCount)} ${inEvents(eventCount)}`,

    combinedHeading: "الجديد في فعالياتك",
    digestHeading: digest,
    openChat: "فتح المحادثة",
    openApp: "عرض الكل",
    becauseMention: (event) => `وصلتك هذه الرسالة لأن أحدهم أشار إليك في ${name(event)}.`,
    becauseParticipant: (event) => `وصلتك هذه الرسالة لأنك من المشاركين في ${name(event)}.`,
    becauseMember: (organization, event) => `وصلتك هذه الرسالة لأنك من أعضاء ${name(organization)}، الجهة المنظِّمة لفعالية ${name(event)}.`,
    why: "ما السبب بالتحديد؟",
    muteEvent: "كتم هذه الفعالية",
    changePreferences: "تغيير ما يصلك بالبريد الإلكتروني",
    unsubscribeFromEvent: "إلغاء الاشتراك في هذه الفعالية",
    unsubscribeFromCombined: "إلغاء الاشتراك في هذه الرسائل",
    unsubscribeFromDigest: "إلغاء الاشتراك في الملخّص",

    repliesAreRead: "يمكنك الرد على هذه الرسالة، فالردود تُقرأ.",
    repliesAreNotRead: "لا تُقرأ الردود على هذه الرسالة. يُرجى الرد في المحادثة.",
    timesAreIn: (timeZone) => `الأوقات بتوقيت ${name(timeZone)}.`,
    sentTo: (address) => `أُرسلت إلى ${name(address)}.`,
  };
}
