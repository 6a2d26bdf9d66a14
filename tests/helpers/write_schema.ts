import type { DatabaseSync } from "node:sqlite";

/** Lets a test write into sqlite_schema, as only a program does that is not careful. Deno's types lack the method. */
export function allowSchemaWrites(database: DatabaseSync): void {
  (database as unknown as { enableDefensive(on: boolean): void }).enableDefensive(false);
}
