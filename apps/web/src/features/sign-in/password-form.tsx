import { Anchor, Button, PasswordInput, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useSupabase } from "../../data/supabase.ts";
import { useWords } from "../../locales/words.tsx";
import { signInWithPassword } from "./sign-in.ts";
import classes from "./sign-in.module.css";
import { signInWords } from "./words.ts";

export interface FormProps {
  address: string;
  onAddress(address: string): void;
  onOtherWay(): void;
}

export function PasswordForm({ address, onAddress, onOtherWay }: FormProps) {
  const words = useWords(signInWords);
  const supabase = useSupabase();
  const [password, setPassword] = useState("");
  const attempt = useMutation({ mutationFn: () => signInWithPassword(supabase, address.trim(), password) });
  return (
    <form
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault();
        attempt.mutate();
      }}
    >
      <TextInput label={words.address} type="email" name="email" autoComplete="username" required value={address} onChange={(event) => onAddress(event.currentTarget.value)} />
      <PasswordInput
        label={words.password}
        name="password"
        autoComplete="current-password"
        required
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
        error={attempt.data ? words[attempt.data] : undefined}
      />
      <Button type="submit" loading={attempt.isPending} fullWidth>
        {words.signIn}
      </Button>
      <Anchor component="button" type="button" size="sm" onClick={onOtherWay}>
        {words.mailMeALink}
      </Anchor>
    </form>
  );
}
