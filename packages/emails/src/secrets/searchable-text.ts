/** Text as secrets are looked for in it. */
export interface SearchableText {
  /** Digits and signs of other scripts and widths are ASCII, invisible characters are gone. */
  text: string;
  /** Where a place in `text` is in the original. */
  at(place: number): number;
}

const NOT_ASCII = /[^\x00-\x7f]/;
const INVISIBLE = /[\u00ad\u034f\u061c\u180e\u200b-\u200f\u2060-\u2064\ufeff]/;
/** Each is one code unit, and so is what it becomes: places stay the same. */
const FOLDED =
  /[\u00a0\u2000-\u200a\u202f\u3000\u2010-\u2015\u2212\ufe63\u0660-\u0669\u06f0-\u06f9\u0966-\u096f\uff01-\uff5e\u2018\u2019\u201c-\u201f\u00ab\u00bb]/g;

export function searchableText(original: string): SearchableText {
  if (!NOT_ASCII.test(original)) return { text: original, at: (place) => place };
  if (!INVISIBLE.test(original)) return { text: original.replace(FOLDED, fold), at: (place) => place };
  const places: number[] = [];
  let visible = "";
  for (let place = 0; place < original.length; place += 1) {
    if (INVISIBLE.test(original[place]!)) continue;
    visible += original[place];
    places.push(place);
  }
  // The place after a secret's last character: what is invisible behind it stays.
  const at = (place: number) => (place === 0 ? 0 : place >= places.length ? places.at(-1)! + 1 : places[place]!);
  return { text: visible.replace(FOLDED, fold), at };
}

function fold(character: string): string {
  const code = character.charCodeAt(0);
  if (code >= 0xff01) return String.fromCharCode(code - 0xfee0);
  if (code >= 0x0660 && code <= 0x0669) return String(code - 0x0660);
  if (code >= 0x06f0 && code <= 0x06f9) return String(code - 0x06f0);
  if (code >= 0x0966 && code <= 0x096f) return String(code - 0x0966);
  if ((code >= 0x2010 && code <= 0x2015) || code === 0x2212 || code === 0xfe63) return "-";
  if (code === 0x2018 || code === 0x2019) return "'";
  if ((code >= 0x201c && code <= 0x201f) || code === 0xab || code === 0xbb) return '"';
  return " ";
}
