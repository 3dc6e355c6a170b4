import type { SupabaseClient } from "@supabase/supabase-js";
import type { QueryClient } from "@tanstack/react-query";
import { Outlet, createRootRouteWithContext, createRoute, createRouter, lazyRouteComponent, redirect } from "@tanstack/react-router";
import type { WebConfig } from "../data/config.ts";
import type { SessionStore } from "../data/session.ts";
import { NotFound } from "./not-found.tsx";
import { PageError } from "./page-error.tsx";

export interface RouterContext {
  config: WebConfig;
  supabase: SupabaseClient;
  queryClient: QueryClient;
  session: SessionStore;
}

const text = (value: unknown) => (typeof value === "string" && value !== "" ? value : undefined);

const root = createRootRouteWithContext<RouterContext>()({ component: Outlet, notFoundComponent: NotFound });

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: (search): { to?: string } => withoutEmpty({ to: text(search.to) }),
  component: lazyRouteComponent(() => import("../features/sign-in/sign-in-page.tsx"), "SignInPage"),
});

const unsubscribe = createRoute({
  getParentRoute: () => root,
  path: "/unsubscribe",
  validateSearch: (search): { token?: string } => withoutEmpty({ token: text(search.token) }),
  component: lazyRouteComponent(() => import("../features/unsubscribe/unsubscribe-page.tsx"), "UnsubscribePage"),
});

/** Everything behind it needs somebody signed in; who is not comes back here afterwards. */
const signedIn = createRoute({
  getParentRoute: () => root,
  id: "signed-in",
  beforeLoad: ({ context, location }) => {
    if (!context.session.current()) throw redirect({ to: "/sign-in", search: location.href === "/" ? {} : { to: location.href } });
  },
  component: lazyRouteComponent(() => import("../shell/shell.tsx"), "Shell"),
});

const page = <const Path extends string>(path: Path, component: ReturnType<typeof lazyRouteComponent>) =>
  createRoute({ getParentRoute: () => signedIn, path, component });

const home = page("/", lazyRouteComponent(() => import("../features/home/home-page.tsx"), "HomePage"));
const room = page("/events/$eventId", lazyRouteComponent(() => import("../features/room/room-page.tsx"), "RoomPage"));
const organize = page("/events/$eventId/organize", lazyRouteComponent(() => import("../features/organizing/organize-page.tsx"), "OrganizePage"));
const newEvent = page("/events/new", lazyRouteComponent(() => import("../features/organizing/new-event-page.tsx"), "NewEventPage"));
const bell = page("/bell", lazyRouteComponent(() => import("../features/bell/bell-page.tsx"), "BellPage"));
const settings = createRoute({
  getParentRoute: () => signedIn,
  path: "/settings",
  beforeLoad: ({ location }) => {
    if (location.pathname.replace(/\/$/, "") === "/settings") throw redirect({ to: "/settings/notifications", search: {} });
  },
  component: Outlet,
});
const notificationSettings = createRoute({
  getParentRoute: () => settings,
  path: "/notifications",
  validateSearch: (search): { mute?: string } => withoutEmpty({ mute: text(search.mute) }),
  component: lazyRouteComponent(() => import("../features/settings/notification-settings-page.tsx"), "NotificationSettingsPage"),
});
const account = createRoute({
  getParentRoute: () => settings,
  path: "/account",
  component: lazyRouteComponent(() => import("../features/account/account-page.tsx"), "AccountPage"),
});
const receipt = createRoute({
  getParentRoute: () => signedIn,
  path: "/receipts/$receiptId",
  validateSearch: (search): { event?: string; person?: string } => withoutEmpty({ event: text(search.event), person: text(search.person) }),
  component: lazyRouteComponent(() => import("../features/receipts/receipt-page.tsx"), "ReceiptPage"),
});
const mailbox = page("/mailbox", lazyRouteComponent(() => import("../features/mailbox/mailbox-page.tsx"), "MailboxPage"));
const operator = createRoute({
  getParentRoute: () => signedIn,
  path: "/operator",
  validateSearch: (search): { view?: string } => withoutEmpty({ view: text(search.view) }),
  component: lazyRouteComponent(() => import("../features/operator/operator-page.tsx"), "OperatorPage"),
});

const routeTree = root.addChildren([
  signIn,
  unsubscribe,
  signedIn.addChildren([home, newEvent, room, organize, bell, settings.addChildren([notificationSettings, account]), receipt, mailbox, operator]),
]);

export function createAppRouter(context: RouterContext) {
  return createRouter({
    routeTree,
    context,
    defaultPreload: "intent",
    defaultErrorComponent: PageError,
    // A chunk that comes within this time needs no sign that it is coming.
    defaultPendingMs: 300,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createAppRouter>;
  }
}

function withoutEmpty<T extends object>(search: T): T {
  return Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined)) as T;
}
