import type { ReactNode } from "react";
import classes from "./settings.module.css";

/** One of a few, each with a sentence about it: radio buttons, so that arrow keys walk through them. */
export function OptionList<Value extends string>({ name, legend, value, options, onChange }: {
  name: string;
  legend: string;
  value: Value | null;
  options: { value: Value; name: string; text: string; note?: ReactNode }[];
  onChange(value: Value): void;
}) {
  return (
    <div className={classes.options} role="radiogroup" aria-label={legend}>
      {options.map((option) => (
        <label key={option.value} className={classes.option} data-chosen={option.value === value || undefined}>
          <input type="radio" name={name} value={option.value} checked={option.value === value} onChange={() => onChange(option.value)} />
          <span className={classes.optionText}>
            <span className={classes.optionName}>{option.name}</span>
            <span className={classes.optionHint}>{option.text}</span>
          </span>
          {option.note}
        </label>
      ))}
    </div>
  );
}
