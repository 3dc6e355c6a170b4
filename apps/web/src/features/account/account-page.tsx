import { Alert, SegmentedControl, useMantineColorScheme } from "@mantine/core";
import { type Account, useAccount } from "../../data/account.ts";
import { useWords } from "../../locales/words.tsx";
import { Icon } from "../../ui/icon.tsx";
import { Page, Section } from "../../ui/page.tsx";
import classes from "./account.module.css";
import { MyData } from "./my-data.tsx";
import { ProfileForm } from "./profile-form.tsx";
import { accountWords } from "./words.ts";

export function AccountPage() {
  const words = useWords(accountWords);
  const account = useAccount();
  return (
    <Page title={words.title}>
      <Section title={words.you}>
        <ProfileForm account={account} />
      </Section>
      <Section title={words.address} lead={words.addressText}>
        <Address account={account} />
      </Section>
      <Section title={words.look} lead={words.lookText}>
        <Look />
      </Section>
      <Section title={words.data} lead={words.dataText}>
        <MyData />
      </Section>
    </Page>
  );
}

function Address({ account }: { account: Account }) {
  const words = useWords(accountWords);
  const problem = account.address_problem;
  return (
    <>
      <p className={classes.address}>
        <bdi>{account.address}</bdi>
      </p>
      {problem !== null && (
        <Alert color="yellow" variant="light" icon={<Icon name="warning" />} mt="sm">
          {words.problems[problem in words.problems ? (problem as keyof typeof words.problems) : "provider"]} {words.problemFix}
        </Alert>
      )}
    </>
  );
}

function Look() {
  const words = useWords(accountWords);
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <SegmentedControl
      aria-label={words.look}
      value={colorScheme}
      onChange={(value) => setColorScheme(value === "light" || value === "dark" ? value : "auto")}
      data={(["auto", "light", "dark"] as const).map((value) => ({ value, label: words.looks[value] }))}
    />
  );
}
