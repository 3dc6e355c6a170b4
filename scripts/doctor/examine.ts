import { checkDatabase } from "./check-database.ts";
import { checkFunctions } from "./check-functions.ts";
import { checkMail } from "./check-mail.ts";
import { checkRecovery } from "./check-recovery.ts";
import { checkRunning } from "./check-running.ts";
import { checkSchema } from "./check-schema.ts";
import { checkSettings } from "./check-settings.ts";
import { type Deployment, fail, type Finding } from "./finding.ts";

/** All checks, in the order in which things are set up. One that cannot go on is a finding too and stops no other. */
export async function examine(deployment: Deployment): Promise<Finding[]> {
  const findings = await attempt("database", () => checkDatabase(deployment));
  const reachable = findings.every(({ about, status }) => about !== "database" || status !== "fail");
  const schema = reachable ? await attempt("migrations", () => checkSchema(deployment)) : [];
  const applied = reachable && schema.every(({ about, status }) => about !== "migrations" || status !== "fail");
  const known = applied ? deployment : { ...deployment, sql: null };
  return [
    ...findings,
    ...schema,
    ...(await attempt("settings", () => checkSettings(known))),
    ...(await attempt("running", () => checkRunning(known))),
    ...(await attempt("recovery", () => checkRecovery(known))),
    ...(await attempt("functions", () => checkFunctions(deployment))),
    ...(await attempt("mail", () => checkMail(known))),
  ];
}

async function attempt(about: string, check: () => Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await check();
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    return [fail(about, `This could not be checked (${code ?? message}).`, about === "database" ? "Check DATABASE_URL: host, port, user, password." : "Mend what is named above, then try again.")];
  }
}
