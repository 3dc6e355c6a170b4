import * as v from "valibot";

/** A count or a share as the API writes it: numbers, long ones as digits. */
export const Amount = v.pipe(v.union([v.number(), v.pipe(v.string(), v.transform(Number))]), v.number());
export const MaybeAmount = v.nullable(Amount);
