import { Text } from "react-email";
import { When } from "./slots.tsx";
import { theme } from "./theme.ts";

/** Why the letter shows no messages. */
export function Note({ children, margin }: { children: string | null; margin: string }) {
  return (
    <When value={children}>
      {(note) => (
        <Text className="soft" style={{ color: theme.light.soft, fontSize: theme.text.body, lineHeight: "24px", margin }}>
          {note}
        </Text>
      )}
    </When>
  );
}
