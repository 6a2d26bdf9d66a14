import { type Config, type Part, PARTS } from "../config/types.ts";

/**
 * The parts of a backup that nobody chose parts for: those of the configuration, and `extra` where extra paths are named.
 *
 * Whoever names such paths wants them saved, while the list of parts may be the library's own, which knows three.
 */
export function defaultIncludes({ backup }: Config): readonly Part[] {
  const { defaultIncludes: parts, extraPaths } = backup;
  return extraPaths.length === 0 || parts.includes("extra") ? parts : [...parts, "extra"];
}

/** The parts that backups of this library may have. */
export function libraryParts({ backup }: Config): readonly Part[] {
  return PARTS.filter((part) => part !== "extra" || backup.extraPaths.length > 0);
}
