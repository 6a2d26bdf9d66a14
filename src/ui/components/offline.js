import { view } from "../dom.js";
import { formatNext } from "../format.js";
import { t } from "../i18n/mod.js";
import { useStore } from "../store.js";
import { Notice } from "./notice.js";

/** Says since when the server is silent, what that means, and that the page goes on asking; nothing while it answers. */
export function Offline() {
  const { online, silentSince, loaded } = useStore();
  if (online) return null;
  const time = silentSince === null ? "" : formatNext(silentSince);
  return view`
    <${Notice} tone="warn" alert>
      <strong>${t(time ? "offline.since" : "offline.short", { time })}</strong>
      <p>${t("offline.retrying")} ${loaded && t("offline.stale")}</p>
    </${Notice}>`;
}
