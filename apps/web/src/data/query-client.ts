import { QueryClient } from "@tanstack/react-query";
import { Failure, isSignedOut } from "./failure.ts";

export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 5_000,
        // What the server refused it will refuse again; what did not get through may.
        retry: (count, error) => count < 3 && error instanceof Failure && error.unreachable,
        refetchOnWindowFocus: true,
        throwOnError: (error) => isSignedOut(error),
      },
      mutations: { retry: false, networkMode: "always" },
    },
  });
}
