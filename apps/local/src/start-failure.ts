export type StartFailureCode =
  | "configuration_invalid"
  | "port_busy"
  | "data_directory_unwritable"
  | "data_directory_foreign"
  | "data_directory_other_version"
  | "data_directory_in_use"
  | "platform_unsupported"
  | "postgres_account_missing"
  | "postgres_init_failed"
  | "postgres_start_failed"
  | "backup_missing"
  | "database_unreachable"
  | "database_login_refused"
  | "database_rights_missing"
  | "database_is_supabase"
  | "database_newer_than_checkout"
  | "database_version_unsupported"
  | "migration_failed"
  | "privileges_widened"
  | "web_build_failed";

/**
 * The stack cannot start, for a reason a person can mend. `message` is one sentence (or two) that
 * says what is wrong and what to do; it is printed alone, without a stack trace, and the process ends with 1.
 */
export class StartFailure extends Error {
  readonly code: StartFailureCode;

  constructor(code: StartFailureCode, message: string) {
    super(message);
    this.name = "StartFailure";
    this.code = code;
  }
}
