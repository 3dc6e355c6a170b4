import { SegmentedControl } from "@mantine/core";
import { useWords } from "../../locales/words.tsx";
import { Section } from "../../ui/page.tsx";
import { settingsWords } from "./words.ts";

/** What letters tell of events without a rule of their own. */
export function LevelSection({ level, onChange }: { level: "all" | "mentions"; onChange(level: "all" | "mentions"): void }) {
  const words = useWords(settingsWords);
  return (
    <Section title={words.what} lead={words.whatLead}>
      <SegmentedControl
        aria-label={words.what}
        value={level}
        onChange={(value) => onChange(value === "mentions" ? "mentions" : "all")}
        data={(["all", "mentions"] as const).map((value) => ({ value, label: words.levels[value] }))}
      />
    </Section>
  );
}
