import { Alert } from "@mantine/core";
import { useNavigate, useRouteContext, useSearch } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { useSession } from "../../data/session.ts";
import { useWords } from "../../locales/words.tsx";
import { Icon } from "../../ui/icon.tsx";
import { LanguagePicker } from "../../ui/language-picker.tsx";
import { LinkForm } from "./link-form.tsx";
import { PasswordForm } from "./password-form.tsx";
import { safePath } from "./safe-path.ts";
import classes from "./sign-in.module.css";
import { signInWords } from "./words.ts";

export function SignInPage() {
  const words = useWords(signInWords);
  const { session } = useRouteContext({ from: "__root__" });
  const { to } = useSearch({ from: "/sign-in" });
  const navigate = useNavigate();
  const signedIn = useSession(session) !== null;
  const [way, setWay] = useState<"password" | "link">("password");
  const [address, setAddress] = useState("");
  const target = safePath(to);
  useEffect(() => {
    if (signedIn) void navigate({ href: target, replace: true });
  }, [signedIn, target, navigate]);
  return (
    <main className={classes.page}>
      <div className={classes.card}>
        <img src="/favicon.svg" alt="" width={44} height={44} />
        <h1>{words.title}</h1>
        <p className={classes.lead}>{words.lead}</p>
        {session.expired() && (
          <Alert variant="light" color="yellow" icon={<Icon name="info" />}>
            {words.expired}
          </Alert>
        )}
        {way === "password" ? (
          <PasswordForm address={address} onAddress={setAddress} onOtherWay={() => setWay("link")} />
        ) : (
          <LinkForm address={address} onAddress={setAddress} backTo={new URL(target, location.origin).href} onOtherWay={() => setWay("password")} />
        )}
      </div>
      <LanguagePicker label={words.language} />
    </main>
  );
}
