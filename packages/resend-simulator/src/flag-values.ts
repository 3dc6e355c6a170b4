/** What was given on the command line; a flag that was not given is absent. */
export type GivenFlags = Readonly<Record<string, string | boolean | readonly (string | boolean)[] | undefined>>;

/** Thrown by the readers below; its message is a sentence about the flag. */
export class BadFlag extends Error {}

/** Readers of the given flags: undefined when it was not given, a `BadFlag` when it makes no sense. */
export function readFlags(given: GivenFlags) {
  const text = (name: string) => {
    const value = given[name];
    return typeof value === "string" ? value : undefined;
  };

  function read<Value>(name: string, parse: (value: string) => Value | null, must: string): Value | undefined {
    const value = text(name);
    if (value === undefined) return undefined;
    const parsed = parse(value);
    if (parsed === null) throw new BadFlag(`--${name} must be ${must}, not "${value}".`);
    return parsed;
  }

  return {
    text,
    read,
    isOn: (name: string) => given[name] === true,
    texts(name: string): readonly string[] {
      const value = given[name];
      return Array.isArray(value) ? value.map(String) : [];
    },
    whole(name: string, min: number, max = Number.MAX_SAFE_INTEGER): number | undefined {
      const must = max === Number.MAX_SAFE_INTEGER ? `a whole number from ${min}` : `a whole number from ${min} to ${max}`;
      return read(name, (value) => wholeNumber(value, min, max), must);
    },
    share: (name: string) => read(name, shareFrom, "a number from 0 to 1"),
    items: (name: string) =>
      text(name)
        ?.split(",")
        .map((item) => item.trim()),
  };
}

export function wholeNumber(text: string, min: number, max = Number.MAX_SAFE_INTEGER): number | null {
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  return value >= min && value <= max ? value : null;
}

function shareFrom(text: string): number | null {
  const value = /^\d+(?:\.\d+)?$|^\.\d+$/.test(text) ? Number(text) : Number.NaN;
  return value <= 1 ? value : null;
}
