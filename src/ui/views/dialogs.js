/** Dialogs that open from more than one place, each fetched when it is first wanted. @module */
import { lazy } from "../lazy.js";

export const CreateDialog = lazy(async () => (await import("./create_dialog.js")).CreateDialog);
export const DeleteDialog = lazy(async () => (await import("./delete_dialog.js")).DeleteDialog);
export const SpaceDialog = lazy(async () => (await import("./space_dialog.js")).SpaceDialog);
