import { Anchor, Button, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useRouteContext } from "@tanstack/react-router";
import { useState } from "react";
import { useHasMailbox } from "../../data/mailbox.ts";
import { useSupabase } from "../../data/supabase.ts";
import { useWords } from "../../locales/words.tsx";
import type { FormProps } from "./password-form.tsx";
import { mailLink, signInWithCode } from "./sign-in.ts";
import classes from "./sign-in.module.css";
import { signInWords } from "./words.ts";

export function LinkForm({ address, onAddress, onOtherWay, backTo }: FormProps & { backTo: string }) {
  const words = useWords(signInWords);
  const supabase = useSupabase();
  const asking = useMutation({ mutationFn: () => mailLink(supabase, address.trim(), backTo) });
  if (asking.data === null) return <CodeForm address={address.trim()} onOtherAddress={() => asking.reset()} />;
  return (
    <form
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault();
        asking.mutate();
      }}
    >
      <TextInput
        label={words.address}
        type="email"
        name="email"
        autoComplete="email"
        required
        value={address}
        onChange={(event) => onAddress(event.currentTarget.value)}
        error={asking.data ? words[asking.data] : undefined}
      />
      <Button type="submit" loading={asking.isPending} fullWidth>
        {words.mailMeALink}
      </Button>
      <Anchor component="button" type="button" size="sm" onClick={onOtherWay}>
        {words.usePassword}
      </Anchor>
    </form>
  );
}

function CodeForm({ address, onOtherAddress }: { address: string; onOtherAddress: () => void }) {
  const words = useWords(signInWords);
  const supabase = useSupabase();
  const { config } = useRouteContext({ from: "__root__" });
  const hasMailbox = useHasMailbox();
  const [code, setCode] = useState("");
  const attempt = useMutation({ mutationFn: () => signInWithCode(supabase, config, address, code.trim()) });
  return (
    <form
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault();
        attempt.mutate();
      }}
    >
      <div role="status">
        <h2>{words.linkSent}</h2>
        <p className={classes.lead}>{words.linkSentText(address)}</p>
        {hasMailbox && (
          <Anchor href="/resend/mailbox" target="_blank" size="sm">
            {words.openMailbox}
          </Anchor>
        )}
      </div>
      <TextInput
        label={words.code}
        inputMode="numeric"
        autoComplete="one-time-code"
        required
        value={code}
        onChange={(event) => setCode(event.currentTarget.value)}
        error={attempt.data ? words[attempt.data] : undefined}
      />
      <Button type="submit" loading={attempt.isPending} fullWidth>
        {words.useCode}
      </Button>
      <Anchor component="button" type="button" size="sm" onClick={onOtherAddress}>
        {words.otherAddress}
      </Anchor>
    </form>
  );
}
