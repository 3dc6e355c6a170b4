import { NativeSelect } from "@mantine/core";
import { chooseLanguage } from "../locales/chosen-language.ts";
import { LANGUAGES, LANGUAGE_NAMES, findLanguage } from "../locales/languages.ts";
import { useLanguage } from "../locales/words.tsx";

/** Changes the app's language on this browser. */
export function LanguagePicker({ label }: { label: string }) {
  const language = useLanguage();
  return (
    <NativeSelect
      size="xs"
      aria-label={label}
      value={language}
      data={LANGUAGES.map((value) => ({ value, label: LANGUAGE_NAMES[value] }))}
      onChange={(event) => chooseLanguage(findLanguage(event.currentTarget.value))}
    />
  );
}
