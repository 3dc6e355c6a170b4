import { Loader } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ContentMode } from "@chat-notifications/emails/content-mode.ts";
import { LANGUAGES, LANGUAGE_NAMES, type Language } from "../../locales/languages.ts";
import { ErrorState } from "../../ui/error-state.tsx";
import { LetterFrame } from "./letter-frame.tsx";
import { type OpenedLetter, renderOpened } from "./opened-letter.ts";
import classes from "./operator.module.css";

type Shown = NonNullable<OpenedLetter>;

/** A letter in all languages. */
export function TemplatePreview({ id, opened, content }: { id: string; opened: Shown; content: ContentMode }) {
  return (
    <div className={classes.languages}>
      {LANGUAGES.map((language) => (
        <InLanguage key={language} language={language} id={id} opened={opened} content={content} />
      ))}
    </div>
  );
}

function InLanguage({ language, id, opened, content }: { language: Language; id: string; opened: Shown; content: ContentMode }) {
  const rendered = useQuery({ queryKey: ["operator", "template", id, language, content], queryFn: () => renderOpened(opened, language, content), staleTime: Infinity });
  return (
    <section className={classes.panel} aria-label={LANGUAGE_NAMES[language]}>
      <h2 lang={language}>{LANGUAGE_NAMES[language]}</h2>
      {rendered.isError ? (
        <ErrorState error={rendered.error} onRetry={() => void rendered.refetch()} />
      ) : rendered.data ? (
        <>
          <p className={classes.subject}>
            <bdi>{rendered.data.subject}</bdi>
          </p>
          <LetterFrame html={rendered.data.html} title={`${LANGUAGE_NAMES[language]}: ${rendered.data.subject}`} phone={false} />
        </>
      ) : (
        <Loader type="dots" />
      )}
    </section>
  );
}
