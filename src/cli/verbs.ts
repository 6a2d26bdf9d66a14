import { backupVerb } from "./backup.ts";
import { makeCompletionVerb } from "./completion.ts";
import { deleteVerb } from "./delete.ts";
import { demoVerb } from "./demo.ts";
import { drillVerb } from "./drill.ts";
import { healthVerb } from "./health.ts";
import { listVerb } from "./list.ts";
import { passwordVerb } from "./password.ts";
import { pinVerb } from "./pin.ts";
import { pruneVerb } from "./prune.ts";
import { restoreVerb } from "./restore.ts";
import { serveVerb } from "./serve.ts";
import { tokenVerb } from "./token.ts";
import { uploadVerb } from "./upload.ts";
import { validateVerb } from "./validate.ts";
import type { Verb } from "./verb.ts";

/** Every verb, in the order of the help. */
export const VERBS: readonly Verb[] = [
  serveVerb,
  backupVerb,
  listVerb,
  validateVerb,
  restoreVerb,
  deleteVerb,
  pinVerb,
  pruneVerb,
  uploadVerb,
  drillVerb,
  tokenVerb,
  passwordVerb,
  healthVerb,
  makeCompletionVerb(() => VERBS),
  demoVerb,
];
