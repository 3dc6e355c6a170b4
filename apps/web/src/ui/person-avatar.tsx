import classes from "./person-avatar.module.css";

const COLORS = 8;

/** A person's initial in a colour of theirs. Decoration: the name stands beside it. */
export function PersonAvatar({ name, id, size = 32 }: { name: string; id: string | null; size?: number }) {
  let sum = 0;
  for (const sign of id ?? name) sum = (sum * 31 + sign.codePointAt(0)!) % 9973;
  return (
    <span className={classes.avatar} data-color={id === null ? undefined : sum % COLORS} style={{ width: size, height: size, fontSize: size * 0.42 }} aria-hidden>
      {initialOf(name)}
    </span>
  );
}

function initialOf(name: string): string {
  const [first = "?"] = [...new Intl.Segmenter().segment(name.trim())].map(({ segment }) => segment);
  return first.toLocaleUpperCase();
}
