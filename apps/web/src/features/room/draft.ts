import { useState } from "react";

/** What was begun and not sent, kept over reloads for each person and room. */
export function useDraft(userId: string, eventId: string): [string, (text: string) => void] {
  const name = `draft ${userId} ${eventId}`;
  const [draft, setDraft] = useState(() => localStorage.getItem(name) ?? "");
  return [
    draft,
    (text) => {
      setDraft(text);
      if (text === "") localStorage.removeItem(name);
      else localStorage.setItem(name, text);
    },
  ];
}
