const EVENT = "d2000000-0000-4000-8000-000000000001";

/** Every page, by the name of its screenshot. `as`: who sees it; nobody signed in: null. */
export const PAGES: readonly { name: string; path: string; as: string | null; ready: string }[] = [
  { name: "sign-in", path: "/sign-in", as: null, ready: "Sign in" },
  { name: "unsubscribe", path: "/unsubscribe", as: null, ready: "This link is not complete" },
  { name: "home", path: "/", as: "organizer", ready: "Open Studio Night" },
  { name: "bell", path: "/bell", as: "organizer", ready: "What's new" },
  { name: "room", path: `/events/${EVENT}`, as: "organizer", ready: "Samir Haddad" },
  { name: "organize", path: `/events/${EVENT}/organize`, as: "organizer", ready: "Gustavo Pereira" },
  { name: "new-event", path: "/events/new", as: "organizer", ready: "New event" },
  { name: "account", path: "/settings/account", as: "organizer", ready: "Your data" },
  { name: "settings", path: "/settings/notifications", as: "organizer", ready: "Notifications" },
  { name: "receipt", path: "/receipts/1", as: "organizer", ready: "Change what you get" },
  { name: "mailbox", path: "/mailbox", as: "organizer", ready: "Mailbox" },
  { name: "cockpit", path: "/operator", as: "operator", ready: "Message to e-mail" },
  { name: "cockpit-alerts", path: "/operator?view=alerts", as: "operator", ready: "Alerts" },
  { name: "cockpit-dead-letters", path: "/operator?view=failed", as: "operator", ready: "Dead letters" },
  { name: "cockpit-letters", path: "/operator?view=letters", as: "operator", ready: "Search letters" },
  { name: "cockpit-delivery", path: "/operator?view=delivery", as: "operator", ready: "Suppressed addresses" },
  { name: "cockpit-templates", path: "/operator?view=templates", as: "operator", ready: "Harbour Lights Festival" },
  { name: "cockpit-log", path: "/operator?view=log", as: "operator", ready: "Action" },
];
