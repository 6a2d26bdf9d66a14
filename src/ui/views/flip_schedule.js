import { api } from "../api.js";
import { t } from "../i18n/mod.js";
import { toast } from "../store.js";
import { changed } from "../sync.js";

/** Turns automatic backups off when they are on, and on when they are off. @param {boolean} on How they are now. */
export async function flipSchedule(on) {
  try {
    await (on ? api.disable() : api.enable());
    await changed();
    toast(t(on ? "schedule.now_off" : "schedule.now_on"));
  } catch (error) {
    toast(error.message, "error");
  }
}
