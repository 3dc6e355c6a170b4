import { useWords } from "../../locales/words.tsx";
import { Section } from "../../ui/page.tsx";
import { OptionList } from "./option-list.tsx";
import { CONTENT_MODES, type ContentMode } from "./preferences.ts";
import { settingsWords } from "./words.ts";

export function ContentSection({ mode, usualMode, onChange }: { mode: ContentMode | null; usualMode: ContentMode; onChange(mode: ContentMode): void }) {
  const words = useWords(settingsWords);
  return (
    <Section title={words.content} lead={words.contentLead}>
      <OptionList
        name="content"
        legend={words.content}
        value={mode ?? usualMode}
        onChange={onChange}
        options={CONTENT_MODES.map((value) => ({
          value,
          ...words.contents[value],
          name: mode === null && value === usualMode ? `${words.contents[value].name} (${words.organizersChoice})` : words.contents[value].name,
        }))}
      />
    </Section>
  );
}
