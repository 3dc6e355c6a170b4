import { Menu, useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import { useWords } from "../locales/words.tsx";
import { Icon } from "../ui/icon.tsx";
import { shellWords } from "./words.ts";

export function ColorSchemeItem() {
  const words = useWords(shellWords);
  const { setColorScheme } = useMantineColorScheme();
  const dark = useComputedColorScheme("light") === "dark";
  return (
    <Menu.Item leftSection={<Icon name={dark ? "sun" : "moon"} size={16} />} onClick={() => setColorScheme(dark ? "light" : "dark")}>
      {dark ? words.toLight : words.toDark}
    </Menu.Item>
  );
}
