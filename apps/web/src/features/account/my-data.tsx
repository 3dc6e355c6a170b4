import { Alert, Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { Suspense, lazy, useState } from "react";
import { dataOf } from "../../data/failure.ts";
import { useSupabase } from "../../data/supabase.ts";
import { useWords } from "../../locales/words.tsx";
import { Icon } from "../../ui/icon.tsx";
import { uiWords } from "../../ui/words.ts";
import classes from "./account.module.css";
import { accountWords } from "./words.ts";

const RemoveAccount = lazy(() => import("./remove-account.tsx").then(({ RemoveAccount }) => ({ default: RemoveAccount })));

export function MyData() {
  const words = useWords(accountWords);
  const common = useWords(uiWords);
  const supabase = useSupabase();
  const [asked, setAsked] = useState(false);
  const exporting = useMutation({ mutationFn: async () => save("my-data.json", JSON.stringify(await dataOf(supabase.rpc("export_my_data")), null, 2)) });
  return (
    <div className={classes.rows}>
      <div className={classes.row}>
        <p>
          <strong>{words.download}</strong>
          <br />
          <span className={classes.quiet}>{words.downloadText}</span>
        </p>
        <Button variant="default" leftSection={<Icon name="download" size={16} />} loading={exporting.isPending} onClick={() => exporting.mutate()}>
          {words.download}
        </Button>
      </div>
      {exporting.isError && (
        <Alert color="red" variant="light" role="alert">
          {common.failed}
        </Alert>
      )}
      <div className={classes.row}>
        <p>
          <strong>{words.remove}</strong>
          <br />
          <span className={classes.quiet}>{words.removeText}</span>
        </p>
        <Button variant="default" color="red" className={classes.danger} onClick={() => setAsked(true)}>
          {words.remove}
        </Button>
      </div>
      <Suspense>{asked && <RemoveAccount onClose={() => setAsked(false)} />}</Suspense>
    </div>
  );
}

function save(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
