import { Alert, Button, Group, Modal, Textarea } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { Failure } from "../../data/failure.ts";
import { useSupabase } from "../../data/supabase.ts";
import { useWords } from "../../locales/words.tsx";
import { uiWords } from "../../ui/words.ts";
import { type Message, deleteMessage, editMessage } from "./message.ts";
import { roomWords } from "./words.ts";

interface DialogProps {
  message: Message;
  onClose(): void;
  /** The change is stored. */
  onDone(): void;
}

export function EditDialog({ message, onClose, onDone }: DialogProps) {
  const words = useWords(roomWords);
  const supabase = useSupabase();
  const [body, setBody] = useState(message.body);
  const saving = useMutation({ mutationFn: () => editMessage(supabase, message.id, body), onSuccess: onDone });
  return (
    <Modal opened onClose={onClose} title={words.edit} size="lg">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          saving.mutate();
        }}
      >
        <Textarea
          aria-label={words.edit}
          autosize
          minRows={2}
          maxRows={12}
          data-autofocus
          onFocus={({ currentTarget: field }) => field.setSelectionRange(field.value.length, field.value.length)}
          value={body}
          onChange={(event) => setBody(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
            event.preventDefault();
            saving.mutate();
          }}
        />
        <Buttons failure={saving.error} onClose={onClose}>
          <Button type="submit" loading={saving.isPending} disabled={body.trim() === "" || body === message.body}>
            {words.save}
          </Button>
        </Buttons>
      </form>
    </Modal>
  );
}

export function RemoveDialog({ message, onClose, onDone }: DialogProps) {
  const words = useWords(roomWords);
  const supabase = useSupabase();
  const removing = useMutation({ mutationFn: () => deleteMessage(supabase, message.id), onSuccess: onDone });
  return (
    <Modal opened onClose={onClose} title={words.removeQuestion}>
      <p>{words.removeText}</p>
      <Buttons failure={removing.error} onClose={onClose}>
        <Button color="red" loading={removing.isPending} onClick={() => removing.mutate()} data-autofocus>
          {words.remove}
        </Button>
      </Buttons>
    </Modal>
  );
}

function Buttons({ failure, onClose, children }: { failure: unknown; onClose: () => void; children: React.ReactNode }) {
  const words = useWords(uiWords);
  return (
    <>
      {failure !== null && (
        <Alert color="red" variant="light" mt="md" role="alert">
          {failure instanceof Failure && !failure.unreachable ? failure.message : words.unreachable}
        </Alert>
      )}
      <Group justify="flex-end" mt="lg">
        <Button variant="default" onClick={onClose}>
          {words.cancel}
        </Button>
        {children}
      </Group>
    </>
  );
}
