/** Line icons on a 24 × 24 grid. Decoration: what they stand beside says it in words. */
const PATHS = {
  home: "M4 11.5 12 5l8 6.5M6 10v9h12v-9",
  bell: "M6 16V11a6 6 0 0 1 12 0v5l1.5 2h-15zM10 20.5h4",
  settings: "M4 7h9M17 7h3M4 12h3M11 12h9M4 17h9M17 17h3M15 5v4M9 10v4M15 15v4",
  mailbox: "M4 6h16v12H4zM4 7l8 6 8-6",
  cockpit: "M4 18a8 8 0 1 1 16 0M12 18l4-6M4 18h16",
  person: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20a7.5 7.5 0 0 1 15 0",
  people: "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 20a6.5 6.5 0 0 1 13 0M16 4.3a3.5 3.5 0 0 1 0 6.4M18 14.5a6.5 6.5 0 0 1 3.5 5.5",
  signOut: "M10 5H5v14h5M14 8l4 4-4 4M9 12h9",
  sun: "M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM12 3v1.5M12 19.5V21M3 12h1.5M19.5 12H21M5.6 5.6l1.1 1.1M17.3 17.3l1.1 1.1M5.6 18.4l1.1-1.1M17.3 6.7l1.1-1.1",
  moon: "M20 14.5A8.5 8.5 0 1 1 9.5 4a7 7 0 0 0 10.5 10.5z",
  plus: "M12 5v14M5 12h14",
  back: "M15 5l-7 7 7 7",
  forward: "M9 5l7 7-7 7",
  down: "M5 9l7 7 7-7",
  check: "M5 12.5l4.5 4.5L19 7.5",
  close: "M6 6l12 12M18 6 6 18",
  send: "M4 12 20 4l-4 16-5-6.5zM11 13.5 20 4",
  edit: "M5 19h3.5L19 8.5 15.5 5 5 15.5zM13.5 7l3.5 3.5",
  trash: "M5 7h14M10 7V4.5h4V7M7 7l1 12.5h8L17 7M10 11v5M14 11v5",
  retry: "M19 12a7 7 0 1 1-2-4.9M19 4v4h-4",
  warning: "M12 4 2.8 19.5h18.4zM12 10v4.5M12 17v.2",
  info: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 11v5M12 8v.2",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  muted: "M6 16V11a6 6 0 0 1 9-5.2M18 11v5l1.5 2h-13M10 20.5h4M4 4l16 16",
  at: "M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM16 8v5a2.5 2.5 0 0 0 5 0v-1a9 9 0 1 0-3.5 7.1",
  chat: "M5 5h14v11h-7l-4.5 4v-4H5z",
  download: "M12 4v11M7 10.5l5 5 5-5M5 20h14",
  copy: "M9 9h11v11H9zM5 15H4V4h11v1",
  offline: "M3 3l18 18M8.5 14.5a5 5 0 0 1 5-1.2M5 11a10 10 0 0 1 4-2.4M13 8.1a10 10 0 0 1 6 2.9M12 18v.2",
  search: "M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM16 16l5 5",
  external: "M13 5h6v6M19 5l-9 9M17 14v5H5V7h5",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 18, mirrored = false }: { name: IconName; size?: number; mirrored?: boolean }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth={name === "more" ? 3 : 1.8}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden
      // Arrows point where reading goes.
      data-mirrored={mirrored || undefined}
      className="app-icon"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
