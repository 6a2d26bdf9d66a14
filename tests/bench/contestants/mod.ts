import { asSafe } from "./as_safe.ts";
import type { Contestant } from "./contestant.ts";
import { infoZip } from "./info_zip.ts";
import { original } from "./original.ts";
import { ours } from "./ours.ts";
import { pigz } from "./pigz.ts";
import { restic } from "./restic.ts";
import { sevenZip } from "./seven_zip.ts";

/** Everyone, in the order of the table; the first is us. */
export const CONTESTANTS: readonly Contestant[] = [
  ours,
  original,
  restic,
  infoZip,
  asSafe,
  pigz,
  sevenZip,
];
