import type { Finding } from "./finding.ts";

/**
 * Keys and tokens that their issuers made recognizable. Each pattern begins with something fixed or
 * is bounded, so that a search stays linear; a sample in `redaction-sample/keys.json` shows each.
 */
export const KNOWN_KEYS = [
  // Clouds and databases
  "(?:A3T[A-Z0-9]|AKIA|ASIA|ABIA|ACCA|AROA|AIDA)[A-Z0-9]{16}",
  "AIza[\\w-]{30,}", "GOCSPX-[\\w-]{20,}", "ya29\\.[\\w-]{20,}",
  "(?<=AccountKey=|SharedAccessKey=)[\\w+/]{20,}={0,2}", "[\\w~.]{3}\\dQ~[\\w~.-]{30,}[\\w~]",
  "sb_secret_[\\w-]{16,}", "sbp_[0-9a-f]{20,}",
  "do[opr]_v1_[0-9a-f]{40,}", "dapi[0-9a-f]{32}", "HRKU-[\\w-]{30,}", "hv[sbr]\\.[\\w-]{20,}", "[A-Za-z0-9]{14}\\.atlasv1\\.[\\w-]{40,}",
  "f(?:o1|m[12])_[\\w+/=-]{30,}", "pscale_(?:pw|tkn|oauth)_[\\w.=-]{20,}[\\w=]", "napi_[a-z0-9]{40,}", "pul-[0-9a-f]{40}", "pnu_[A-Za-z0-9]{36}",
  "rnd_[A-Za-z0-9]{24,}", "vc[pk]_[A-Za-z0-9]{24,}", "nfp_[A-Za-z0-9]{30,}", "LTAI[A-Za-z0-9]{16,}", "sha256~[\\w-]{40,}", "tskey-[a-z]+-[\\w-]{16,}",
  // Code and delivery
  "gh[pousr]_[A-Za-z0-9]{30,}", "github_pat_\\w{40,}", "gl[a-z]{2,7}-[\\w-]{20,}", "GR1348941[\\w-]{20}",
  "npm_[A-Za-z0-9]{30,}", "pypi-AgE[\\w-]{40,}", "rubygems_[0-9a-f]{40,}", "CLOJARS_[0-9a-z]{50,}", "dckr_(?:pat|oat)_[\\w-]{20,}",
  "ATATT3[\\w=-]{60,}", "ATBB[A-Za-z0-9]{24,}", "bkua_[0-9a-f]{30,}", "CCIP(?:AT|RJ)_\\w{40,}", "sq[pua]_[0-9a-f]{40}", "snyk_[a-z]{2,4}\\.[\\w.-]{40,}\\w",
  "sgp_\\w{40,}", "AKCp[A-Za-z0-9]{60,}", "cmVmd[A-Za-z0-9]{59}", "API-[A-Z0-9]{25,}", "PMAK-[0-9a-f-]{50,}", "ico-[A-Za-z0-9]{32}",
  "tk-[a-z]{2}-[\\w-]{40,}", "4b1d[A-Za-z0-9]{38}", "v1\\.0-[0-9a-f]{24}-[0-9a-f]{100,}", "dnkey-[\\w=-]{60,}",
  // Messages
  "hooks\\.slack\\.com/[a-z]+/[\\w/+-]{30,}",
  "xox[a-z](?:\\.xox[a-z])?-[\\w-]{10,}", "xapp-\\d-[\\w-]{20,}", "SG\\.[\\w-]{16,}\\.[\\w-]{30,}", "re_(?=\\w{0,40}\\d)\\w{9,}",
  "xkeysib-[0-9a-f]{40,}-\\w{10,}", "[0-9a-f]{32}-us\\d{1,2}", "(?:pub)?key-[0-9a-f]{32}", "(?:AC|SK)[0-9a-f]{32}",
  "\\d{6,12}:A[A-Za-z][\\w-]{31,}", "[MNO][\\w-]{22,26}\\.[\\w-]{6}\\.[\\w-]{27,40}", "tfp_[\\w-]{40,}",
  // Payment and shops
  "(?:sk|rk)_(?:test|live|prod)_[A-Za-z0-9]{10,}", "whsec_[\\w+/=]{20,}", "sq0[a-z]{3}-[\\w-]{20,}", "EAAA[\\w+/-]{50,}",
  "shp(?:at|ca|pa|ss|tka)_[0-9a-fA-F]{30,}", "rzp_(?:live|test)_[A-Za-z0-9]{14,}", "access_token\\$[a-z]+\\$\\w{16}\\$[0-9a-f]{32}",
  "access-(?:sandbox|development|production)-[0-9a-f-]{36}", "FLWSECK(?:_TEST)?-\\w{12,}(?:-X)?", "EZ[AT]K[A-Za-z0-9]{50,}", "duffel_(?:test|live)_[\\w-]{40,}",
  "shippo_(?:live|test)_[0-9a-f]{40}", "p8e-[A-Za-z0-9]{32}",
  // Models
  "sk-(?:[a-z0-9]+-){0,3}(?=[\\w-]{0,80}\\d)[\\w-]{20,}", "gsk_[A-Za-z0-9]{40,}", "r8_[A-Za-z0-9]{30,}", "xai-[A-Za-z0-9]{40,}", "pplx-[A-Za-z0-9]{40,}",
  "hf_[A-Za-z0-9]{30,}", "lsv2_[a-z]{2}_\\w{30,}",
  // Everything else
  "A3-[A-Z0-9]{6}-[A-Z0-9-]{20,32}", "fio-u-[\\w=-]{40,}", "sm_[aps]at_[A-Za-z0-9]{16}", "(?:sc|ext|scauth|authress)_[a-z0-9]{5,30}\\.[a-z0-9]{4,6}\\.acc[_-][\\w-]{10,32}\\.[\\w+/=-]{30,}",
  "[A-Za-z0-9]{6}_[A-Za-z0-9]{29}_mmk", "\\d{15,16}[|%][\\w-]{27,40}", "t1\\.[\\w-]{8,}={0,2}\\.[\\w-]{86}", "AQVN[\\w-]{35,38}", "YC[\\w-]{38}", "NRII-[\\w-]{32}",
  "lin_(?:api|oauth)_[A-Za-z0-9]{30,}", "ntn_[A-Za-z0-9]{40,}", "figd_[\\w-]{30,}", "dp\\.[a-z]{2,5}\\.[\\w-]{40,}", "gl(?:c|sa)_[\\w+/=]{30,}", "NRAK-[A-Z0-9]{27}",
  "sntryu_[0-9a-f]{60,}", "sntrys_[\\w+/=]{60,}", "pat[A-Za-z0-9]{14}\\.[0-9a-f]{60,}", "dt0[a-z]\\d\\d\\.[A-Z0-9]{24}\\.[A-Z0-9]{60,}", "aio_[A-Za-z0-9]{28}",
  "AGE-SECRET-KEY-1[A-Z0-9]{50,}", "EAA[A-Z][A-Za-z0-9]{80,}", "rdme_[a-z0-9]{60,}", "[sp]k\\.eyJ[\\w-]{30,}\\.[\\w-]{16,}", "ops_eyJ[\\w+/=-]{100,}",
  "CFPAT-[\\w-]{40,}", "A{20,}[A-Za-z0-9%]{40,}", "sl\\.[\\w-]{100,}", "s-s4t2(?:ud|af)-[0-9a-f]{60,}", "(?:sdk|api|mob)-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}",
  // JSON web tokens, the unsigned ones too
  "ey[JK][\\w-]{8,}\\.[\\w-]{8,}\\.[\\w-]*",
];

const KEY = new RegExp(`(?<![A-Za-z0-9])(?:${KNOWN_KEYS.join("|")})`, "g");
/** The shortest key without its neighbours; most messages have no word that long, and nothing more is asked of them. */
const LONG_WORD = /[\w.:$~+/=-]{12}/;

/** API keys and tokens of known kinds. */
export function findKnownKeys(text: string): Finding[] {
  if (!LONG_WORD.test(text)) return [];
  return [...text.matchAll(KEY)].map(({ index, 0: key }) => ({ start: index, end: index + key.length, kind: "key" }));
}
