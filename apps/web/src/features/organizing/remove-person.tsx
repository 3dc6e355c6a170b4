import { Button, Group, Modal } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { EventPerson } from "../../data/event-people.ts";
import { asking } from "../../data/failure.ts";
import { useSupabase } from "../../data/supabase.ts";
import { useWords } from "../../locales/words.tsx";
import { uiWords } from "../../ui/words.ts";
import { organizingWords } from "./words.ts";

export function RemovePerson({ eventId, person, onClose }: { eventId: string; person: EventPerson; onClose: () => void }) {
  const words = useWords(organizingWords);
  const common = useWords(uiWords);
  const supabase = useSupabase();
  const queryClient = useQueryClient();
  const removing = useMutation({
    mutationFn: () => asking(supabase.from("event_participants").delete().eq("event_id", eventId).eq("user_id", person.user_id)),
    async onSuccess() {
      await queryClient.invalidateQueries({ queryKey: ["event-people", eventId] });
      onClose();
    },
  });
  return (
    <Modal opened onClose={onClose} title={words.removeQuestion(person.display_name)}>
      <p>{words.removeText}</p>
      <Group justify="flex-end" mt="lg">
        {removing.isError && <span role="alert">{common.failed}</span>}
        <Button variant="default" onClick={onClose}>
          {common.cancel}
        </Button>
        <Button color="red" loading={removing.isPending} onClick={() => removing.mutate()} data-autofocus>
          {words.removeIt}
        </Button>
      </Group>
    </Modal>
  );
}
