import { useMemo, useRef, useState, view } from "../dom.js";
import { api } from "../api.js";
import { Button } from "../components/button.js";
import { Dialog } from "../components/dialog.js";
import { Notice } from "../components/notice.js";
import { More } from "../components/path_list.js";
import { TypedConfirmation } from "../components/typed_confirmation.js";
import { weighDeletion } from "../deletion.js";
import { formatAge, formatBytes, formatNumber } from "../format.js";
import { t } from "../i18n/mod.js";
import { language } from "../preferences.js";
import { state, toast } from "../store.js";
import { changed } from "../sync.js";

/** How many of what goes are listed. */
const LISTED = 100;

/** How many kept ones are named. */
const NAMED = 5;

/**
 * Deletes one or more backups after saying what goes and what is left; what is grave has to be typed.
 *
 * @param {{backups: any[], onClose: (done: boolean) => void}} props
 */
export function DeleteDialog({ backups, onClose }) {
  // The list changes under the dialog while it deletes.
  const [deletion] = useState(() => weighDeletion(backups, state.backups));
  const [typed, setTyped] = useState("");
  const { targets, bytes, grave } = deletion;
  const wanted = targets.length === 1 ? targets[0].backup_id : String(targets.length);
  const sure = !grave || typed.trim() === wanted;
  const { done, problems, busy, run, stop } = useRemoval(targets, onClose);
  const list = useMemo(() => view`<${Targets} targets=${targets} />`, [language()]);
  const close = () => {
    if (busy) stop();
    else onClose(done > 0);
  };
  const submit = (event) => {
    event.preventDefault();
    if (sure && !busy) void run();
  };
  const actions = view`
    <${Button} onClick=${close}>${t(busy ? "delete.stop" : "cancel")}</${Button}>
    <${Button} kind="danger" icon="trash" asks busy=${busy} disabled=${
    !sure || targets.length === 0
  }
      onClick=${run}>
      ${t("delete.confirm", { size: formatBytes(bytes) })}
    </${Button}>`;
  const label = t(targets.length === 1 ? "confirm.type" : "delete.type_count");
  const title = t("delete.title", { n: targets.length });
  return view`
    <${Dialog} title=${title} onClose=${close} actions=${actions}>
      <form onSubmit=${submit}>
        ${
    problems.map((text) => view`<${Notice} key=${text} tone="danger" alert>${text}</${Notice}>`)
  }
        ${busy && view`<${Progress} done=${done} total=${targets.length} />`}
        <${Consequences} deletion=${deletion} />
        ${
    grave && !busy &&
    view`<${TypedConfirmation} label=${label} wanted=${wanted} typed=${typed} onType=${setTyped} />`
  }
        ${list}
      </form>
    </${Dialog}>`;
}

/** Deletes one after the other, until all are gone or a person says stop. */
function useRemoval(targets, onClose) {
  const [done, setDone] = useState(0);
  const [problems, setProblems] = useState([]);
  const [busy, setBusy] = useState(false);
  const stopped = useRef(false);
  const run = async () => {
    setBusy(true);
    setProblems([]);
    stopped.current = false;
    const failed = new Map();
    let gone = 0;
    for (const { backup_id: id } of targets) {
      if (stopped.current) break;
      try {
        await api.remove(id);
        setDone(++gone);
      } catch (error) {
        if (error.status === 404) setDone(++gone);
        else failed.set(error.message, [...failed.get(error.message) ?? [], id]);
        if (error.status === undefined) break; // The server is gone: the rest would fail as well.
      }
    }
    await changed();
    if (gone > 0) toast(t("delete.done", { n: gone }));
    if (failed.size === 0) return onClose(true);
    setProblems([...failed].map(([reason, ids]) => `${nameSome(ids)}: ${reason}`));
    setBusy(false);
  };
  const stop = () => {
    stopped.current = true;
  };
  return { done, problems, busy, run, stop };
}

function Progress({ done, total }) {
  const words = t("delete.progress", { done: formatNumber(done), total: formatNumber(total) });
  return view`
    <div role="status">
      <p>${words}</p>
      <progress aria-label=${words} value=${done} max=${total}></progress>
    </div>`;
}

const TONES = { nothing: "danger", damaged: "danger", unverified: "warn", verified: "warn" };

/** How much goes, whether the newest verified is among it, and what there is to restore from afterwards. */
function Consequences({ deletion }) {
  const { targets, kept, bytes, newest, left, leftCount, nextNewest, grave } = deletion;
  const n = targets.length;
  const going = t("delete.text", { n, size: formatBytes(bytes) });
  const takes = newest === null ? "" : t(n === 1 ? "delete.is_newest" : "delete.takes_newest", {
    id: newest.backup_id,
    age: formatAge(newest.created_at_utc),
  });
  const rest = t(`delete.left.${left}`, {
    n: leftCount,
    id: nextNewest?.backup_id,
    age: nextNewest && formatAge(nextNewest.created_at_utc),
  });
  const stays = kept.length > 0 && view`
    <${Notice} tone="info">
      ${t("delete.kept", { ids: nameSome(kept.map((one) => one.backup_id)) })}
    </${Notice}>`;
  if (n === 0) return stays;
  if (!grave) return view`<p>${going} ${rest}</p>${stays}`;
  return view`
    <p>${going}</p>
    <${Notice} tone=${TONES[left]}><p>${takes}</p><p><strong>${rest}</strong></p></${Notice}>
    ${stays}`;
}

/** A few ids, and how many more there are. */
function nameSome(ids) {
  const names = ids.slice(0, NAMED).join(", ");
  const more = ids.length - NAMED;
  return more > 0 ? `${names} ${t("detail.more", { n: formatNumber(more) })}` : names;
}

/** Drawn once, however often the dialog is while it counts. */
function Targets({ targets }) {
  return view`
    <ul class="plain-list">${targets.slice(0, LISTED).map(Target)}</ul>
    <${More} count=${targets.length - LISTED} />`;
}

function Target({ backup_id: id, created_at_utc: at, file_size: bytes }) {
  return view`
    <li key=${id}>
      <code>${id}</code>
      <small>${formatAge(at)} · ${formatBytes(bytes)}</small>
    </li>`;
}
