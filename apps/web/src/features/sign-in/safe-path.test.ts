import { expect, test } from "vitest";
import { safePath } from "./safe-path.ts";

test.each([
  ["/events/1#message-2", "/events/1#message-2"],
  ["/settings/notifications?mute=1", "/settings/notifications?mute=1"],
  [undefined, "/"],
  ["https://evil.example/", "/"],
  ["//evil.example/x", "/"],
  ["/\\evil.example", "/"],
  ["javascript:alert(1)", "/"],
  ["/sign-in?to=/sign-in", "/"],
])("signing in with to=%s leads to %s", (wanted, expected) => {
  expect(safePath(wanted)).toBe(expected);
});
