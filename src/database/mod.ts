/**
 * SQLite, and only SQLite: copying, checking, reading and overwriting the library's database.
 *
 * Nobody else in the product opens a database, and nobody opens the live one's file by other means: closing it
 * would drop SQLite's locks.
 *
 * @module
 */
export { checkDatabase, type CheckOptions, type CheckResult } from "./check.ts";
export {
  type ContentsOptions,
  type DatabaseContents,
  type DatabaseExtra,
  isDatabaseFile,
  readContents,
  readSchemaVersion,
} from "./contents.ts";
export { copyDatabase, type CopyFacts, type CopyOptions, copyRawDatabase } from "./copy.ts";
export { keepWorker } from "./in_worker.ts";
export { inspectDatabase, type Inspection } from "./inspect.ts";
export { readLibraryUser } from "./library_user.ts";
export {
  checkPageSize,
  overwriteDamagedDatabase,
  overwriteDatabase,
  type OverwriteOptions,
} from "./overwrite.ts";
export { type PassedOver, passedOverNotices } from "./passed_over.ts";
export { probeWriteAccess } from "./probe.ts";
export { checkStranger, isStrangersFault, type StrangerOptions } from "./stranger.ts";
export { type DatabaseState, DatabaseSurvey, type SurveyedDatabase } from "./survey.ts";
export { type SchemaUpgrade, upgradeSchema } from "./upgrade_schema.ts";
export { type DatabaseWatch, watchDatabase } from "./watch.ts";
