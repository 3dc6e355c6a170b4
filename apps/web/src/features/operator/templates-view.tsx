import { Button, Loader, NativeSelect, SegmentedControl } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { ContentMode } from "@chat-notifications/emails/content-mode.ts";
import { sampleFacts, sampleLetters } from "@chat-notifications/emails/samples/sample-facts.ts";
import { useSupabase } from "../../data/supabase.ts";
import { useWords } from "../../locales/words.tsx";
import { ErrorState } from "../../ui/error-state.tsx";
import { newestLetterQuery, type OpenedLetter, openedLetterQuery } from "./opened-letter.ts";
import classes from "./operator.module.css";
import { TemplatePreview } from "./template-preview.tsx";
import { operatorWords } from "./words.ts";

const TEMPLATES = ["conversation", "mention", "combined", "digest"] as const;
const CONTENTS: readonly ContentMode[] = ["full", "redacted", "none"];
type Template = (typeof TEMPLATES)[number];

/** Every letter's template in every language, side by side, with a sample or with what was last sent. */
export default function TemplatesView() {
  const words = useWords(operatorWords);
  const [template, setTemplate] = useState<Template>("conversation");
  const [source, setSource] = useState<"sample" | "real">("sample");
  const [content, setContent] = useState<ContentMode>("full");
  const sample: OpenedLetter = { facts: sampleFacts, letter: sampleLetters[template] };
  return (
    <>
      <div className={classes.filters}>
        <NativeSelect
          label={words.template}
          value={template}
          data={TEMPLATES.map((value) => ({ value, label: words.templates[value] }))}
          onChange={({ currentTarget: { value } }) => setTemplate(TEMPLATES.find((one) => one === value) ?? "conversation")}
        />
        <NativeSelect label={words.content} value={content} data={CONTENTS.map((value) => ({ value, label: words.contents[value] }))} onChange={({ currentTarget: { value } }) => setContent(CONTENTS.find((one) => one === value) ?? "full")} />
        <SegmentedControl aria-label={words.filledWith} value={source} onChange={setSource} data={(["sample", "real"] as const).map((value) => ({ value, label: words.sources[value] }))} />
      </div>
      {source === "sample" ? <TemplatePreview id={template} opened={sample} content={content} /> : <NewestLetter key={template} template={template} content={content} />}
    </>
  );
}

/** Somebody's letter is opened when asked for, not by looking through templates. */
function NewestLetter({ template, content }: { template: Template; content: ContentMode }) {
  const words = useWords(operatorWords);
  const supabase = useSupabase();
  const newest = useQuery(newestLetterQuery(supabase, template === "mention" ? "conversation" : template));
  const [asked, setAsked] = useState(false);
  const opened = useQuery({ ...openedLetterQuery(supabase, newest.data ?? ""), enabled: asked && typeof newest.data === "string" });
  const failure = newest.error ?? opened.error;
  if (failure) return <ErrorState error={failure} onRetry={() => void (newest.isError ? newest : opened).refetch()} />;
  if (newest.isPending) return <Loader type="dots" />;
  if (!newest.data) return <p className={classes.note}>{words.noneSent}</p>;
  if (!asked)
    return (
      <p>
        <Button variant="default" onClick={() => setAsked(true)}>
          {words.openReal}
        </Button>{" "}
        <span className={classes.note}>{words.audited}</span>
      </p>
    );
  if (opened.isPending) return <Loader type="dots" />;
  if (!opened.data) return <p className={classes.note}>{words.erased}</p>;
  return <TemplatePreview id={newest.data} opened={opened.data} content={content} />;
}
