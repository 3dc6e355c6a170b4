import { Loader, SegmentedControl } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useSupabase } from "../../data/supabase.ts";
import { LANGUAGES, LANGUAGE_NAMES, type Language, findLanguage } from "../../locales/languages.ts";
import { useWords } from "../../locales/words.tsx";
import { ErrorState } from "../../ui/error-state.tsx";
import { LetterFrame } from "./letter-frame.tsx";
import { type OpenedLetter, openedLetterQuery, renderOpened } from "./opened-letter.ts";
import classes from "./operator.module.css";
import { operatorWords } from "./words.ts";

/** A letter rendered from what was frozen for it: in every language, at both widths, with its text and headers. */
export function LetterView({ emailId }: { emailId: string }) {
  const words = useWords(operatorWords);
  const opened = useQuery(openedLetterQuery(useSupabase(), emailId));
  if (opened.isPending) return <Loader type="dots" />;
  if (opened.isError) return <ErrorState error={opened.error} onRetry={() => void opened.refetch()} />;
  if (!opened.data) return <p className={classes.note}>{words.erased}</p>;
  return <Rendered emailId={emailId} opened={opened.data} />;
}

function Rendered({ emailId, opened }: { emailId: string; opened: NonNullable<OpenedLetter> }) {
  const words = useWords(operatorWords);
  const [language, setLanguage] = useState<Language>(findLanguage(opened.letter.recipient.locale));
  const [shown, setShown] = useState<"html" | "text" | "headers">("html");
  const [width, setWidth] = useState<"desktop" | "phone">("desktop");
  // The recipient's own locale while its language is chosen: it may say more than the language.
  const locale = findLanguage(opened.letter.recipient.locale) === language ? opened.letter.recipient.locale : language;
  const rendered = useQuery({ queryKey: ["operator", "rendered", emailId, locale], queryFn: () => renderOpened(opened, locale), staleTime: Infinity });
  return (
    <div>
      <div className={classes.filters}>
        <SegmentedControl size="xs" aria-label={words.shownAs} value={shown} onChange={setShown} data={(["html", "text", "headers"] as const).map((value) => ({ value, label: words[value] }))} />
        <SegmentedControl size="xs" aria-label={words.language} value={language} onChange={setLanguage} data={LANGUAGES.map((value) => ({ value, label: LANGUAGE_NAMES[value] }))} />
        {shown === "html" && (
          <SegmentedControl size="xs" aria-label={words.width} value={width} onChange={setWidth} data={(["desktop", "phone"] as const).map((value) => ({ value, label: words[value] }))} />
        )}
      </div>
      {rendered.isError ? (
        <ErrorState error={rendered.error} onRetry={() => void rendered.refetch()} />
      ) : rendered.data ? (
        <>
          <strong>
            <bdi>{rendered.data.subject}</bdi>
          </strong>
          <div className={classes.stage}>
            {shown === "html" ? (
              <LetterFrame html={rendered.data.html} title={rendered.data.subject} phone={width === "phone"} />
            ) : (
              <pre className={classes.plain} tabIndex={0} dir={shown === "headers" ? "ltr" : "auto"}>
                {shown === "text"
                  ? rendered.data.text
                  : Object.entries(rendered.data.headers)
                      .map(([name, value]) => `${name}: ${value}`)
                      .join("\n")}
              </pre>
            )}
          </div>
        </>
      ) : (
        <Loader type="dots" />
      )}
    </div>
  );
}
