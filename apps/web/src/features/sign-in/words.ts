import { defineWords } from "../../locales/words.tsx";

interface SignInWords {
  title: string;
  lead: string;
  expired: string;
  address: string;
  password: string;
  signIn: string;
  mailMeALink: string;
  usePassword: string;
  wrong: string;
  tooMany: string;
  unreachable: string;
  failed: string;
  linkSent: string;
  linkSentText(address: string): string;
  code: string;
  useCode: string;
  codeWrong: string;
  otherAddress: string;
  openMailbox: string;
  language: string;
}

export const signInWords = defineWords<SignInWords>({
  en: () => ({
    title: "Sign in",
    lead: "Your events, what people write in them, and how you hear of it.",
    expired: "You were signed out because your session ended. What you wrote is kept.",
    address: "E-mail address",
    password: "Password",
    signIn: "Sign in",
    mailMeALink: "E-mail me a link instead",
    usePassword: "Sign in with a password",
    wrong: "Address and password do not match.",
    tooMany: "Too many attempts. Wait a minute and try again.",
    unreachable: "The server cannot be reached. Check your connection and try again.",
    failed: "Signing in did not work. Try again.",
    linkSent: "Look into your mailbox",
    linkSentText: (address) => `We sent a link to ${address}. It signs you in on this device; the code in it works, too.`,
    code: "Code from the e-mail",
    useCode: "Sign in with the code",
    codeWrong: "This code is wrong or too old. Ask for a new one.",
    otherAddress: "Use another address",
    openMailbox: "Open the local mailbox",
    language: "Language",
  }),
  de: () => ({
    title: "Anmelden",
    lead: "Deine Veranstaltungen, was dort geschrieben wird, und wie du davon erfährst.",
    expired: "Du wurdest abgemeldet, weil deine Sitzung abgelaufen ist. Was du geschrieben hast, bleibt erhalten.",
    address: "E-Mail-Adresse",
    password: "Passwort",
    signIn: "Anmelden",
    mailMeALink: "Stattdessen einen Link per E-Mail schicken",
    usePassword: "Mit Passwort anmelden",
    wrong: "Adresse und Passwort passen nicht zusammen.",
    tooMany: "Zu viele Versuche. Warte eine Minute und versuche es noch einmal.",
    unreachable: "Der Server ist nicht erreichbar. Prüfe deine Verbindung und versuche es noch einmal.",
    failed: "Die Anmeldung hat nicht geklappt. Versuche es noch einmal.",
    linkSent: "Sieh in dein Postfach",
    linkSentText: (address) => `Wir haben einen Link an ${address} geschickt. Er meldet dich auf diesem Gerät an; der Code darin geht auch.`,
    code: "Code aus der E-Mail",
    useCode: "Mit dem Code anmelden",
    codeWrong: "Dieser Code ist falsch oder zu alt. Fordere einen neuen an.",
    otherAddress: "Andere Adresse verwenden",
    openMailbox: "Lokales Postfach öffnen",
    language: "Sprache",
  }),
  ar: () => ({
    title: "تسجيل الدخول",
    lead: "فعالياتك، وما يُكتب فيها، وكيف يصلك خبرها.",
    expired: "انتهت جلستك فسُجّل خروجك. ما كتبته محفوظ.",
    address: "البريد الإلكتروني",
    password: "كلمة المرور",
    signIn: "تسجيل الدخول",
    mailMeALink: "أرسلوا لي رابطًا بالبريد بدلًا من ذلك",
    usePassword: "الدخول بكلمة المرور",
    wrong: "العنوان وكلمة المرور غير متطابقين.",
    tooMany: "محاولات كثيرة. انتظر دقيقة ثم حاول مرة أخرى.",
    unreachable: "تعذّر الوصول إلى الخادم. تحقّق من اتصالك ثم حاول مرة أخرى.",
    failed: "لم ينجح تسجيل الدخول. حاول مرة أخرى.",
    linkSent: "انظر في بريدك",
    linkSentText: (address) => `أرسلنا رابطًا إلى ⁨${address}⁩. يسجّل دخولك على هذا الجهاز، والرمز الذي فيه يعمل أيضًا.`,
    code: "الرمز من الرسالة",
    useCode: "الدخول بالرمز",
    codeWrong: "هذا الرمز خاطئ أو قديم. اطلب رمزًا جديدًا.",
    otherAddress: "استخدام عنوان آخر",
    openMailbox: "فتح صندوق البريد المحلي",
    language: "اللغة",
  }),
});
