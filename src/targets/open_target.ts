import { type FolderSettings, FolderTarget } from "./folder/folder_target.ts";
import type { Target } from "./target.ts";

/** The settings of a target, told apart by `kind`. */
export type TargetSettings = FolderSettings;

/** Makes the target that settings describe. Nothing is asked of the place yet. */
export function openTarget(settings: TargetSettings): Target {
  switch (settings.kind) {
    case "folder":
      return new FolderTarget(settings);
  }
}
