import { Alert, Anchor, Button, Loader, Radio } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useRouteContext, useSearch } from "@tanstack/react-router";
import { Failure } from "../../data/failure.ts";
import { useWords } from "../../locales/words.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { ErrorState } from "../../ui/error-state.tsx";
import { Icon } from "../../ui/icon.tsx";
import { type Action, type Unsubscribing, askUnsubscribe } from "./unsubscribing.ts";
import classes from "./unsubscribe.module.css";
import { unsubscribeWords } from "./words.ts";

/** Where a letter's link leads. Opening it changes nothing: link scanners open links, too. */
export function UnsubscribePage() {
  const words = useWords(unsubscribeWords);
  const { token } = useSearch({ from: "/unsubscribe" });
  return (
    <main className={classes.page}>
      <div className={classes.card}>
        <img src="/favicon.svg" alt="" width={44} height={44} />
        {token === undefined ? (
          <EmptyState alone icon="warning" title={words.noToken} action={<ToSettings />}>
            {words.noTokenText}
          </EmptyState>
        ) : (
          <WithToken token={token} />
        )}
      </div>
    </main>
  );
}

function WithToken({ token }: { token: string }) {
  const words = useWords(unsubscribeWords);
  const { config } = useRouteContext({ from: "__root__" });
  const queryClient = useQueryClient();
  const queryKey = ["unsubscribing", token];
  const about = useQuery({ queryKey, queryFn: () => askUnsubscribe(config, token, { action: "describe" }), staleTime: Infinity });
  const act = useMutation({
    mutationFn: (asked: Action) => askUnsubscribe(config, token, asked),
    onSuccess: (after) => queryClient.setQueryData(queryKey, after),
  });
  const told = (error: unknown) => (error instanceof Failure ? words.refused[error.code] : undefined);
  if (about.isPending) return <Loader type="dots" className={classes.loader} />;
  if (about.isError) {
    const refusal = told(about.error);
    if (refusal === undefined) return <ErrorState error={about.error} onRetry={() => void about.refetch()} />;
    return (
      <EmptyState alone icon="warning" title={words.noToken} action={<ToSettings />}>
        {refusal}
      </EmptyState>
    );
  }
  return (
    <>
      <div role="status">{about.data.stopped ? <Stopped about={about.data} onUndo={() => act.mutate({ action: "undo" })} busy={act.isPending} /> : <Question about={about.data} onConfirm={() => act.mutate({ action: "confirm" })} busy={act.isPending} />}</div>
      {act.isError && (
        <Alert color="red" variant="light" role="alert">
          {told(act.error) ?? act.error.message}
        </Alert>
      )}
      <Choices about={about.data} onChoose={(choice) => act.mutate({ action: "choose", choice })} />
      <ToSettings />
    </>
  );
}

function Question({ about, onConfirm, busy }: { about: Unsubscribing; onConfirm: () => void; busy: boolean }) {
  const words = useWords(unsubscribeWords);
  return (
    <>
      <h1>{words.question(about)}</h1>
      <p className={classes.text}>{words.text(about)}</p>
      <Button fullWidth size="md" loading={busy} onClick={onConfirm}>
        {words.confirm}
      </Button>
    </>
  );
}

function Stopped({ about, onUndo, busy }: { about: Unsubscribing; onUndo: () => void; busy: boolean }) {
  const words = useWords(unsubscribeWords);
  return (
    <>
      <h1 className={classes.done}>
        <Icon name="check" size={22} /> {words.done}
      </h1>
      <p className={classes.text}>{words.doneText(about)}</p>
      {about.can_undo && (
        <Button fullWidth variant="default" size="md" loading={busy} onClick={onUndo}>
          {words.undo}
        </Button>
      )}
    </>
  );
}

function Choices({ about, onChoose }: { about: Unsubscribing; onChoose: (choice: { level: "none" | "mentions" | "all" } | { delivery: Unsubscribing["delivery"] }) => void }) {
  const words = useWords(unsubscribeWords);
  const { level, delivery } = about.choices;
  if (level.length + delivery.length < 2) return null;
  return (
    <fieldset className={classes.choices}>
      <legend>
        <h2>{words.less}</h2>
      </legend>
      {level.length > 1 && (
        <Radio.Group aria-label={words.less} value={about.level} onChange={(value) => onChoose({ level: level.find((one) => one === value)! })}>
          {level.map((one) => (
            <Radio key={one} value={one} label={words.levels[one]} className={classes.choice} />
          ))}
        </Radio.Group>
      )}
      {delivery.length > 1 && (
        <Radio.Group aria-label={words.less} value={about.delivery} onChange={(value) => onChoose({ delivery: delivery.find((one) => one === value)! })}>
          {delivery.map((one) => (
            <Radio key={one} value={one} label={words.deliveries[one]} className={classes.choice} />
          ))}
        </Radio.Group>
      )}
    </fieldset>
  );
}

function ToSettings() {
  const words = useWords(unsubscribeWords);
  return (
    <Anchor size="sm" renderRoot={(props) => <Link to="/settings/notifications" {...props} />}>
      {words.allSettings}
    </Anchor>
  );
}
