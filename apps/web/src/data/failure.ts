/** A request that did not work: what the server said, or that it could not be reached. */
export class Failure extends Error {
  readonly code: string;
  readonly hint: string | null;
  /** No answer at all: offline, server away. Trying again later may work. */
  readonly unreachable: boolean;

  constructor({ code, message, hint = null, unreachable = false }: { code: string; message: string; hint?: string | null; unreachable?: boolean }) {
    super(message);
    this.name = "Failure";
    this.code = code;
    this.hint = hint;
    this.unreachable = unreachable;
  }
}

interface Answer<T> {
  data: T;
  error: { message: string; code?: string; hint?: string | null; status?: number } | null;
  status?: number;
}

/** The data of a supabase-js answer; throws a Failure when it is an error. */
export async function dataOf<T>(asked: PromiseLike<Answer<T>>): Promise<NonNullable<T>> {
  return (await asking(asked)) as NonNullable<T>;
}

/** Like dataOf, where no data is an answer, too. */
export async function asking<T>(asked: PromiseLike<Answer<T>>): Promise<T> {
  const { data, error, status } = await asked;
  if (!error) return data;
  throw toFailure(error, status);
}

export function toFailure(error: { message: string; code?: string; hint?: string | null; status?: number; name?: string }, status = error.status): Failure {
  const unreachable = status === 0 || error.name === "AuthRetryableFetchError" || /failed to fetch|networkerror|load failed/i.test(error.message);
  return new Failure({ code: error.code || String(status ?? "unknown"), message: error.message, hint: error.hint ?? null, unreachable });
}

/** Whether there was no answer at all; also when a part of the app itself could not be fetched, which browsers tell in words only. */
export function isUnreachable(error: unknown): boolean {
  return error instanceof Failure ? error.unreachable : isMissingPart(error);
}

export function isMissingPart(error: unknown): boolean {
  return error instanceof Error && /dynamically imported module|importing a module script failed|unable to preload/i.test(error.message);
}

/** Whether the session is over: the token was refused. */
export function isSignedOut(error: unknown): boolean {
  return error instanceof Failure && ["401", "PGRST301", "PGRST303", "refresh_token_not_found", "session_not_found", "bad_jwt"].includes(error.code);
}
