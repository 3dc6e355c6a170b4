/** Version of the SQL functions that this code calls: `private.schema_version()`. */
export const SCHEMA_VERSION = 1;

/** One older or newer works, so that the schema and the processors can be updated one after the other. */
export function worksWithSchema(version: number): boolean {
  return Math.abs(version - SCHEMA_VERSION) <= 1;
}
