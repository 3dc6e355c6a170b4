import { TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { useEffect, useState } from "react";

const SETTLED_MS = 700;

/** A time of day. Tells of a change once typing has paused or the field is left, not with every key. */
export function ClockInput({ label, value, error, onChange }: { label: string; value: string; error?: string | undefined; onChange(value: string): void }) {
  const [typed, setTyped] = useState(value);
  useEffect(() => setTyped(value), [value]);
  const tell = (wanted: string) => {
    if (/^\d\d:\d\d$/.test(wanted) && wanted !== value) onChange(wanted);
  };
  const tellSoon = useDebouncedCallback(tell, { delay: SETTLED_MS, flushOnUnmount: true });
  return (
    <TextInput
      type="time"
      label={label}
      value={typed}
      error={error}
      onChange={(event) => {
        setTyped(event.currentTarget.value);
        tellSoon(event.currentTarget.value);
      }}
      onBlur={() => tell(typed)}
    />
  );
}
