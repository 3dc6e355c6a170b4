import { defineWords } from "../../locales/words.tsx";

interface OrganizingWords {
  newTitle: string;
  newLead: string;
  eventTitle: string;
  organization: string;
  create: string;
  notYours: string;
  notYoursText: string;
  title: string;
  back: string;
  settings: string;
  settingsLead: string;
  window: string;
  windowText: string;
  windows(seconds: number): string;
  windowOfOrganization: string;
  level: string;
  levelText: string;
  levelOfOrganization: string;
  levels: Record<"all" | "mentions" | "none", string>;
  content: string;
  contentText: string;
  contents: Record<"full" | "redacted" | "none", string>;
  saved: string;
  people: string;
  peopleLead: string;
  who: string;
  whoHint: string;
  wrong(words: string): string;
  invited(count: number): string;
  invitedText: string;
  writeThem: string;
  letter(event: string, link: string): { subject: string; body: string };
  invitations: string;
  withdraw(address: string): string;
  role: string;
  roles: Record<"participant" | "speaker" | "volunteer" | "organizer", string>;
  member: string;
  add: string;
  added(handles: string): string;
  remove(name: string): string;
  removeQuestion(name: string): string;
  removeText: string;
  removeIt: string;
  find: string;
  more: string;
  nobody: string;
  reach: string;
  reachLead: string;
  reachNone: string;
  reachOf: Record<"by_reading" | "by_letter" | "waiting" | "unreachable" | "by_choice", string>;
  reachTotal(count: number): string;
}

export const organizingWords = defineWords<OrganizingWords>({
  en: (counted) => ({
    newTitle: "New event",
    newLead: "A room with a chat. Members of the organization see it at once; you add everybody else.",
    eventTitle: "Title",
    organization: "Organization",
    create: "Create event",
    notYours: "You organize nothing here",
    notYoursText: "Only owners and organizers of an organization create and run its events.",
    title: "Organize",
    back: "To the chat",
    settings: "Letters about this event",
    settingsLead: "Saved as you choose. People decide for themselves what they want beyond that.",
    window: "Gather messages for",
    windowText: "Messages within this time become one letter.",
    windows: (seconds) => (seconds === 0 ? "Not at all: a letter at once" : seconds < 3600 ? counted(seconds / 60, { one: "# minute", other: "# minutes" }) : counted(seconds / 3600, { one: "# hour", other: "# hours" })),
    windowOfOrganization: "As the organization does",
    level: "For people who chose nothing",
    levelText: "What they get by letter until they say otherwise.",
    levelOfOrganization: "As the organization does",
    levels: { all: "All messages", mentions: "Mentions only", none: "No letters" },
    content: "What letters show, for the whole organization",
    contentText: "People can choose to get less, never more.",
    contents: { full: "Messages as they are", redacted: "Messages; addresses, numbers and secrets hidden", none: "Only that there is something new" },
    saved: "Saved",
    people: "People",
    peopleLead: "Whoever you add sees the chat from then on and gets letters if they agreed to them.",
    who: "Handles or e-mail addresses",
    whoHint: "One or many. Who has a handle is in at once; addresses are invited for 30 days.",
    wrong: (words) => `Neither a handle nor an address: ${words}`,
    invited: (count) => counted(count, { one: "# address is invited.", other: "# addresses are invited." }),
    invitedText: "We mail nobody who has not agreed to letters, so tell them yourself.",
    writeThem: "Write to them",
    letter: (event, link) => ({ subject: `Join ${event}`, body: `Hello,\n\nplease join ${event}: ${link}\nSign in there with this address.\n` }),
    invitations: "Invited, not yet here",
    withdraw: (address) => `Withdraw the invitation of ${address}`,
    role: "Role",
    roles: { participant: "Participant", speaker: "Speaker", volunteer: "Volunteer", organizer: "Organizer" },
    member: "Member of the organization",
    add: "Add",
    added: (handles) => `In: ${handles}.`,
    remove: (name) => `Remove ${name}`,
    removeQuestion: (name) => `Remove ${name} from this event?`,
    removeText: "They no longer see the chat and get no letters about it, also none that is on its way to be written. Members of the organization still see it.",
    removeIt: "Remove",
    find: "Find by name or handle",
    more: "Show more",
    nobody: "Nobody is called that here.",
    reach: "Announcements and who heard of them",
    reachLead: "The newest messages to @everyone. Counts only: who read what is nobody's to see.",
    reachNone: "A message with @everyone in it tells everybody at once; it then appears here.",
    reachOf: { by_reading: "read it here", by_letter: "got a letter", waiting: "letter on its way", unreachable: "could not be reached", by_choice: "chose not to be told" },
    reachTotal: (count) => counted(count, { one: "# person", other: "# people" }),
  }),
  de: (counted) => ({
    newTitle: "Neue Veranstaltung",
    newLead: "Ein Raum mit Chat. Mitglieder der Organisation sehen ihn sofort; alle anderen fügst du hinzu.",
    eventTitle: "Titel",
    organization: "Organisation",
    create: "Veranstaltung anlegen",
    notYours: "Du leitest hier nichts",
    notYoursText: "Nur Inhaber und Leitende einer Organisation legen ihre Veranstaltungen an und führen sie.",
    title: "Leiten",
    back: "Zum Chat",
    settings: "Briefe zu dieser Veranstaltung",
    settingsLead: "Wird beim Auswählen gespeichert. Was Menschen darüber hinaus wollen, entscheiden sie selbst.",
    window: "Nachrichten sammeln für",
    windowText: "Nachrichten in dieser Zeit werden ein Brief.",
    windows: (seconds) => (seconds === 0 ? "Gar nicht: sofort ein Brief" : seconds < 3600 ? counted(seconds / 60, { one: "# Minute", other: "# Minuten" }) : counted(seconds / 3600, { one: "# Stunde", other: "# Stunden" })),
    windowOfOrganization: "Wie die Organisation",
    level: "Für alle, die nichts gewählt haben",
    levelText: "Was sie als Brief bekommen, bis sie etwas anderes sagen.",
    levelOfOrganization: "Wie die Organisation",
    levels: { all: "Alle Nachrichten", mentions: "Nur Erwähnungen", none: "Keine Briefe" },
    content: "Was Briefe zeigen, für die ganze Organisation",
    contentText: "Menschen können weniger wählen, nie mehr.",
    contents: { full: "Nachrichten, wie sie sind", redacted: "Nachrichten; Adressen, Nummern und Geheimnisse verborgen", none: "Nur, dass es Neues gibt" },
    saved: "Gespeichert",
    people: "Personen",
    peopleLead: "Wen du hinzufügst, sieht den Chat von da an und bekommt Briefe, wenn zugestimmt wurde.",
    who: "Kürzel oder E-Mail-Adressen",
    whoHint: "Eine oder viele. Wer ein Kürzel hat, ist sofort dabei; Adressen sind 30 Tage eingeladen.",
    wrong: (words) => `Weder Kürzel noch Adresse: ${words}`,
    invited: (count) => counted(count, { one: "# Adresse ist eingeladen.", other: "# Adressen sind eingeladen." }),
    invitedText: "Wir schreiben niemandem, der Briefen nicht zugestimmt hat: Sag ihnen selbst Bescheid.",
    writeThem: "Ihnen schreiben",
    letter: (event, link) => ({ subject: `Einladung: ${event}`, body: `Hallo,\n\nmach mit bei ${event}: ${link}\nMelde dich dort mit dieser Adresse an.\n` }),
    invitations: "Eingeladen, noch nicht hier",
    withdraw: (address) => `Einladung von ${address} zurückziehen`,
    role: "Rolle",
    roles: { participant: "Teilnehmend", speaker: "Vortragend", volunteer: "Helfend", organizer: "Leitend" },
    member: "Mitglied der Organisation",
    add: "Hinzufügen",
    added: (handles) => `Dabei: ${handles}.`,
    remove: (name) => `${name} entfernen`,
    removeQuestion: (name) => `${name} aus dieser Veranstaltung entfernen?`,
    removeText: "Diese Person sieht den Chat nicht mehr und bekommt keine Briefe dazu, auch keinen, der gerade geschrieben werden soll. Mitglieder der Organisation sehen ihn weiterhin.",
    removeIt: "Entfernen",
    find: "Nach Name oder Kürzel suchen",
    more: "Mehr zeigen",
    nobody: "So heißt hier niemand.",
    reach: "Ankündigungen und wer davon weiß",
    reachLead: "Die neuesten Nachrichten an @everyone. Nur Zahlen: Wer was gelesen hat, geht niemanden etwas an.",
    reachNone: "Eine Nachricht mit @everyone sagt es allen sofort; dann steht sie hier.",
    reachOf: { by_reading: "hier gelesen", by_letter: "Brief bekommen", waiting: "Brief unterwegs", unreachable: "nicht erreichbar", by_choice: "wollten es nicht wissen" },
    reachTotal: (count) => counted(count, { one: "# Person", other: "# Personen" }),
  }),
  ar: (counted) => ({
    newTitle: "فعالية جديدة",
    newLead: "غرفة فيها محادثة. يراها أعضاء المنظّمة فورًا، وتضيف أنت غيرهم.",
    eventTitle: "العنوان",
    organization: "المنظّمة",
    create: "إنشاء الفعالية",
    notYours: "لا تنظّم شيئًا هنا",
    notYoursText: "ينشئ الفعاليات ويديرها مالكو المنظّمة ومنظّموها فقط.",
    title: "تنظيم",
    back: "إلى المحادثة",
    settings: "الرسائل عن هذه الفعالية",
    settingsLead: "تُحفظ عند الاختيار. وما زاد على ذلك يقرره الناس بأنفسهم.",
    window: "جمع الرسائل لمدة",
    windowText: "ما يُكتب في هذه المدة يصير رسالة بريدية واحدة.",
    windows: (seconds) =>
      seconds === 0
        ? "بلا جمع: رسالة فورًا"
        : seconds < 3600
          ? counted(seconds / 60, { one: "دقيقة واحدة", two: "دقيقتان", few: "# دقائق", other: "# دقيقة" })
          : counted(seconds / 3600, { one: "ساعة واحدة", two: "ساعتان", few: "# ساعات", other: "# ساعة" }),
    windowOfOrganization: "كما في المنظّمة",
    level: "لمن لم يختر شيئًا",
    levelText: "ما يصلهم بالبريد حتى يختاروا غيره.",
    levelOfOrganization: "كما في المنظّمة",
    levels: { all: "كل الرسائل", mentions: "عند ذكرهم فقط", none: "بلا رسائل بريدية" },
    content: "ما تعرضه الرسائل البريدية، في المنظّمة كلها",
    contentText: "للناس أن يختاروا أقل من ذلك، لا أكثر.",
    contents: { full: "الرسائل كما هي", redacted: "الرسائل مع إخفاء العناوين والأرقام والأسرار", none: "أن هناك جديدًا فقط" },
    saved: "تم الحفظ",
    people: "الأشخاص",
    peopleLead: "من تضيفه يرى المحادثة منذ ذلك الحين وتصله رسائل إن وافق عليها.",
    who: "أسماء مختصرة أو عناوين بريد إلكتروني",
    whoHint: "واحد أو أكثر. من له اسم مختصر يدخل فورًا، والعناوين مدعوّة لمدة 30 يومًا.",
    wrong: (words) => `ليس اسمًا مختصرًا ولا عنوانًا: ⁨${words}⁩`,
    invited: (count) => counted(count, { zero: "لم يُدعَ أي عنوان.", one: "دُعي عنوان واحد.", two: "دُعي عنوانان.", few: "دُعيت # عناوين.", other: "دُعي # عنوانًا." }),
    invitedText: "لا نراسل من لم يوافق على الرسائل، فأخبرهم بنفسك.",
    writeThem: "اكتب إليهم",
    letter: (event, link) => ({ subject: `دعوة إلى ${event}`, body: `مرحبًا،\n\nانضموا إلى ${event}: ${link}\nسجّلوا الدخول هناك بهذا العنوان.\n` }),
    invitations: "مدعوون لم ينضموا بعد",
    withdraw: (address) => `سحب دعوة ⁨${address}⁩`,
    role: "الدور",
    roles: { participant: "مشارك", speaker: "متحدث", volunteer: "متطوع", organizer: "منظّم" },
    member: "عضو في المنظّمة",
    add: "إضافة",
    added: (handles) => `أُضيف: ⁨${handles}⁩.`,
    remove: (name) => `إزالة ⁨${name}⁩`,
    removeQuestion: (name) => `أتريد إزالة ⁨${name}⁩ من هذه الفعالية؟`,
    removeText: "لن يرى المحادثة بعد الآن ولن تصله رسائل عنها، ولا حتى ما هو قيد الكتابة. ويبقى أعضاء المنظّمة يرونها.",
    removeIt: "إزالة",
    find: "ابحث بالاسم أو الاسم المختصر",
    more: "عرض المزيد",
    nobody: "لا أحد بهذا الاسم هنا.",
    reach: "الإعلانات ومن علم بها",
    reachLead: "أحدث الرسائل إلى ⁨@everyone⁩. أعداد فقط: ما قرأه كل شخص شأنه وحده.",
    reachNone: "الرسالة التي فيها ⁨@everyone⁩ تُخبر الجميع فورًا، ثم تظهر هنا.",
    reachOf: { by_reading: "قرؤوها هنا", by_letter: "وصلتهم رسالة", waiting: "رسالتهم في الطريق", unreachable: "تعذّر الوصول إليهم", by_choice: "اختاروا ألا يُخبَروا" },
    reachTotal: (count) => counted(count, { one: "شخص واحد", two: "شخصان", few: "# أشخاص", other: "# شخصًا" }),
  }),
});
