import { Alert, Button, Group, Modal, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useRouteContext } from "@tanstack/react-router";
import { useState } from "react";
import { asking } from "../../data/failure.ts";
import { useSupabase } from "../../data/supabase.ts";
import { useWords } from "../../locales/words.tsx";
import { uiWords } from "../../ui/words.ts";
import classes from "./account.module.css";
import { accountWords } from "./words.ts";

export function RemoveAccount({ onClose }: { onClose: () => void }) {
  const words = useWords(accountWords);
  const common = useWords(uiWords);
  const supabase = useSupabase();
  const { session } = useRouteContext({ from: "__root__" });
  const [typed, setTyped] = useState("");
  const removing = useMutation({
    async mutationFn() {
      await asking(supabase.rpc("forget_me"));
      localStorage.clear();
      await session.signOut();
    },
  });
  return (
    <Modal opened onClose={onClose} title={words.removeQuestion}>
      <form
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault();
          removing.mutate();
        }}
      >
        <p>{words.removeWarning}</p>
        <TextInput label={words.removeType(words.removeWord)} data-autofocus value={typed} onChange={(event) => setTyped(event.currentTarget.value)} autoComplete="off" />
        {removing.isError && (
          <Alert color="red" variant="light" role="alert">
            {common.failed}
          </Alert>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {common.cancel}
          </Button>
          <Button type="submit" color="red" loading={removing.isPending} disabled={typed.trim().toLocaleLowerCase() !== words.removeWord}>
            {words.removeForGood}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
