import { useWords } from "../../locales/words.tsx";
import { PersonAvatar } from "../../ui/person-avatar.tsx";
import classes from "./composer.module.css";
import type { Candidate } from "./mention.ts";
import { roomWords } from "./words.ts";

export function MentionList({ id, candidates, active, onPick }: { id: string; candidates: Candidate[]; active: number; onPick(candidate: Candidate): void }) {
  const words = useWords(roomWords);
  return (
    <ul className={classes.list} role="listbox" id={id} aria-label={words.suggestions}>
      {candidates.map((candidate, i) => (
        // The keyboard is the text field's: the options are chosen by arrows there.
        <li
          key={candidate.handle}
          id={`${id}-${i}`}
          role="option"
          aria-selected={i === active}
          className={classes.option}
          onPointerDown={(event) => {
            event.preventDefault();
            onPick(candidate);
          }}
        >
          <PersonAvatar name={candidate.name} id={candidate.id} size={24} />
          <bdi className={classes.name}>{candidate.name}</bdi>
          <bdi dir="ltr" className={classes.handle}>
            @{candidate.handle}
          </bdi>
        </li>
      ))}
    </ul>
  );
}
