import { ActionIcon } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { type KeyboardEvent, useId, useRef, useState } from "react";
import { useWords } from "../../locales/words.tsx";
import { Icon } from "../../ui/icon.tsx";
import classes from "./composer.module.css";
import { MentionList } from "./mention-list.tsx";
import { type Candidate, completeMention, findMention, useCandidates } from "./mention.ts";
import { roomWords } from "./words.ts";

const MOST_CHARACTERS = 8000;

interface ComposerProps {
  eventId: string;
  title: string;
  draft: string;
  mayAnnounce: boolean;
  onDraft(text: string): void;
  onSend(body: string): void;
  /** The last message of one's own, by arrow up in an empty field, as elsewhere. */
  onEditLast(): void;
}

export function Composer({ eventId, title, draft, mayAnnounce, onDraft, onSend, onEditLast }: ComposerProps) {
  const words = useWords(roomWords);
  const field = useRef<HTMLTextAreaElement>(null);
  const [caret, setCaret] = useState(0);
  const [chosen, setChosen] = useState(0);
  const [dismissed, setDismissed] = useState<string | null>(null);
  const listId = useId();
  const mention = findMention(draft, caret);
  const [wanted] = useDebouncedValue(mention?.text ?? null, 120);
  const candidates = useCandidates(eventId, mention ? wanted : null, mayAnnounce ? words.everyoneText : null);
  const open = mention !== null && mention.text !== dismissed && candidates.length > 0;
  const active = Math.min(chosen, candidates.length - 1);
  const excess = draft.length - MOST_CHARACTERS;
  const sendable = draft.trim() !== "" && excess <= 0;

  const pick = ({ handle }: Candidate): void => {
    const completed = completeMention(draft, mention!, handle);
    onDraft(completed.text);
    requestAnimationFrame(() => {
      field.current?.focus();
      field.current?.setSelectionRange(completed.caret, completed.caret);
      setCaret(completed.caret);
    });
  };
  const send = (): void => {
    if (!sendable) return;
    onSend(draft);
    onDraft("");
    field.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    // While an input method composes, Enter confirms what it offers.
    if (event.nativeEvent.isComposing) return;
    const { key } = event;
    if (open && (key === "ArrowDown" || key === "ArrowUp")) setChosen((active + (key === "ArrowDown" ? 1 : candidates.length - 1)) % candidates.length);
    else if (open && (key === "Enter" || key === "Tab")) pick(candidates[active]!);
    else if (open && key === "Escape") setDismissed(mention.text);
    else if (key === "Enter" && !event.shiftKey) send();
    else if (key === "ArrowUp" && draft === "") onEditLast();
    else return;
    event.preventDefault();
  };

  return (
    <form
      className={classes.composer}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {open && <MentionList id={listId} candidates={candidates} active={active} onPick={pick} />}
      <div className={classes.field}>
        <textarea
          ref={field}
          className={classes.input}
          rows={1}
          aria-label={words.write(title)}
          placeholder={words.write(title)}
          value={draft}
          aria-haspopup="listbox"
          aria-controls={open ? listId : undefined}
          aria-autocomplete="list"
          aria-activedescendant={open ? `${listId}-${active}` : undefined}
          onChange={(event) => {
            onDraft(event.currentTarget.value);
            setCaret(event.currentTarget.selectionStart);
            setChosen(0);
          }}
          onSelect={(event) => setCaret(event.currentTarget.selectionStart)}
          onKeyDown={onKeyDown}
        />
        <ActionIcon type="submit" size="lg" radius="md" aria-label={words.send} disabled={!sendable} variant={sendable ? "filled" : "subtle"}>
          <Icon name="send" size={18} mirrored />
        </ActionIcon>
      </div>
      <p className={classes.hint} role={excess > 0 ? "alert" : undefined} data-excess={excess > 0 || undefined}>
        {excess > 0 ? words.tooLong(excess) : words.sendHint}
      </p>
    </form>
  );
}
