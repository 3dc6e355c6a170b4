import { NativeSelect } from "@mantine/core";
import { useWords } from "../../locales/words.tsx";
import { useLanguage } from "../../locales/words.tsx";
import { Section } from "../../ui/page.tsx";
import { ClockInput } from "./clock-input.tsx";
import { OptionList } from "./option-list.tsx";
import { DELIVERIES, type Delivery, type Preferences } from "./preferences.ts";
import classes from "./settings.module.css";
import { useLettersByDelivery } from "./use-what-if.ts";
import { settingsWords } from "./words.ts";

interface SectionProps {
  preferences: Preferences;
  /** What applies to whoever chose nothing. */
  usualDelivery: Delivery;
  timeZone: string;
  onChange(change: Partial<Preferences>): void;
}

const MOST_A_DAY = [1, 2, 3, 5, 10, 20, 50];

export function DeliverySection({ preferences, usualDelivery, timeZone, onChange }: SectionProps) {
  const words = useWords(settingsWords);
  const delivery = preferences.delivery ?? usualDelivery;
  const letters = useLettersByDelivery(delivery);
  const most = preferences.letters_per_day;
  return (
    <Section title={words.delivery} lead={words.deliveryLead}>
      <OptionList
        name="delivery"
        legend={words.delivery}
        value={delivery}
        onChange={(value) => onChange({ delivery: value })}
        options={DELIVERIES.map((value) => ({
          value,
          name: preferences.delivery === null && value === usualDelivery ? `${words.deliveries[value].name} (${words.organizersChoice})` : words.deliveries[value].name,
          text: words.deliveries[value].text,
          note: letters[value] !== undefined && (
            <span className={classes.count}>
              <strong aria-hidden>{letters[value]}</strong>
              <span aria-hidden>{words.letters}</span>
              <span className="visually-hidden">{words.lettersIn30Days(letters[value])}</span>
            </span>
          ),
        }))}
      />
      <div className={classes.fields}>
        {(delivery === "daily" || delivery === "weekly") && (
          <div className={classes.field}>
            <ClockInput label={words.digestAt} value={preferences.digest_at} onChange={(digest_at) => onChange({ digest_at })} />
          </div>
        )}
        {delivery === "weekly" && (
          <div className={classes.field}>
            <WeekdaySelect label={words.weeklyOn} value={preferences.weekly_on} onChange={(weekly_on) => onChange({ weekly_on })} />
          </div>
        )}
        {delivery === "immediate" && (
          <div className={classes.field}>
            <NativeSelect
              label={words.mostADay}
              description={words.mostADayText}
              value={most === null ? "" : String(most)}
              data={[
                { value: "", label: words.usual },
                ...[...new Set([...MOST_A_DAY, ...(most === null ? [] : [most])])].sort((a, b) => a - b).map((count) => ({ value: String(count), label: words.lettersADay(count) })),
              ]}
              onChange={({ currentTarget: { value } }) => onChange({ letters_per_day: value === "" ? null : Number(value) })}
            />
          </div>
        )}
      </div>
      {delivery !== "off" && delivery !== "immediate" && <p className={classes.quiet}>{words.zone(timeZone)}</p>}
    </Section>
  );
}

/** ISO days of the week: 1 is Monday. */
function WeekdaySelect({ label, value, onChange }: { label: string; value: number; onChange(day: number): void }) {
  const language = useLanguage();
  const names = new Intl.DateTimeFormat(language, { weekday: "long", timeZone: "UTC" });
  return (
    <NativeSelect
      label={label}
      value={String(value)}
      // 1 January 2024 was a Monday.
      data={[1, 2, 3, 4, 5, 6, 7].map((day) => ({ value: String(day), label: names.format(new Date(Date.UTC(2024, 0, day))) }))}
      onChange={(event) => onChange(Number(event.currentTarget.value))}
    />
  );
}
