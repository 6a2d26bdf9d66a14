import { useRef, useState, view } from "../dom.js";
import { Button } from "../components/button.js";
import { FilterBar } from "../components/filter_bar.js";
import { LoadFailed } from "../components/load_failed.js";
import { Empty, Skeleton } from "../components/notice.js";
import { Pager, usePages } from "../components/pager.js";
import { Strangers } from "../components/standing.js";
import { formatBytes, formatNumber, timeZone } from "../format.js";
import { t } from "../i18n/mod.js";
import { go } from "../router.js";
import { holdsWords, searchText } from "../search_text.js";
import { useStore } from "../store.js";
import { upload } from "../upload.js";
import { BackupDetail } from "./backup_detail.js";
import { BackupTable } from "./backup_table.js";
import { CreateDialog, DeleteDialog } from "./dialogs.js";

const KINDS = ["all", "manual", "auto", "snapshot", "uploaded"];

/** Every backup: find one, look inside, act. @param {{id: string | null}} props `id` opens its details. */
export function BackupsView({ id }) {
  const { loaded, loadError, backups } = useStore();
  const [kind, setKind] = useState("all");
  const [words, setWords] = useState("");
  const [sort, setSort] = useState({ by: "created_at_utc", down: true });
  const [chosen, setChosen] = useState(() => new Set());
  const [dialog, setDialog] = useState(null);
  const found = sortBackups(backups.filter((one) => matches(one, kind, words)), sort);
  const pages = usePages(found, [kind, words, sort.by, sort.down].join());
  if (loadError !== null) return view`<${LoadFailed} error=${loadError} />`;

  const marked = found.filter((one) => chosen.has(one.backup_id));
  const shown = backups.find((one) => one.backup_id === id);
  const create = () => setDialog("create");
  const close = () => setDialog(null);
  const clear = () => setChosen(new Set());
  const showAll = () => {
    setKind("all");
    setWords("");
  };
  const chooseAll = () => setChosen(new Set(found.map((one) => one.backup_id)));
  const afterDelete = (done) => {
    close();
    if (done) clear();
  };
  return view`
    <div class="backups">
      <${Head} onCreate=${create} />
      <${FilterBar} label=${t("backups.filter")} options=${kindOptions(backups)} chosen=${kind}
        onChoose=${setKind} search=${t("backups.search")} words=${words} onWords=${setWords} />
      <${Strangers} />
      <${Bulk} marked=${marked} total=${found.length} onAll=${chooseAll} onClear=${clear}
        onDelete=${() => setDialog("delete")} />
      ${!loaded && view`<div class="card"><${Skeleton} lines=${8} /></div>`}
      ${loaded && backups.length === 0 && view`<${NoBackup} onCreate=${create} />`}
      ${backups.length > 0 && found.length === 0 && view`<${NoMatch} onShowAll=${showAll} />`}
      ${
    found.length > 0 && view`
        <p class="hint" role="status">${sayFound(found.length, backups.length)}</p>
        <${BackupTable} pages=${pages} sort=${sort} onSort=${setSort} chosen=${chosen}
          onChoose=${setChosen} />
        <${Pager} pages=${pages} />`
  }
      ${dialog === "create" && view`<${CreateDialog} onClose=${close} />`}
      ${dialog === "delete" && view`<${DeleteDialog} backups=${marked} onClose=${afterDelete} />`}
      ${shown && view`<${BackupDetail} backup=${shown} onClose=${() => go("backups")} />`}
    </div>`;
}

function Head({ onCreate }) {
  const unable = useStore().restore?.pending === true;
  const picker = useRef(null);
  const choose = (event) => {
    const files = [...event.currentTarget.files];
    event.currentTarget.value = ""; // So that the same file can be chosen again.
    upload(files.map((file) => ({ file })));
  };
  return view`
    <header class="view-head">
      <div>
        <h1 tabindex="-1">${t("nav.backups")}</h1>
        <p>${t("backups.lead")}</p>
      </div>
      <div class="view-actions">
        <input ref=${picker} type="file" accept=".zip,application/zip" multiple hidden onChange=${choose} />
        <${Button} icon="upload" asks disabled=${unable} onClick=${() => picker.current.click()}>
          ${t("upload.open")}
        </${Button}>
        <${Button} kind="primary" icon="plus" asks disabled=${unable} onClick=${onCreate}>
          ${t("create.open")}
        </${Button}>
      </div>
    </header>`;
}

/** What can be done with the chosen ones; takes no room until one is chosen. */
function Bulk({ marked, total, onAll, onClear, onDelete }) {
  if (marked.length === 0) return null;
  const size = formatBytes(marked.reduce((bytes, one) => bytes + one.file_size, 0));
  return view`
    <div class="bulk" role="region" aria-label=${t("backups.bulk")}>
      <span>${t("backups.chosen", { n: marked.length, size })}</span>
      ${
    marked.length < total && view`
        <${Button} small kind="quiet" onClick=${onAll}>
          ${t("backups.choose_found", { n: formatNumber(total) })}
        </${Button}>`
  }
      <${Button} small onClick=${onClear}>${t("backups.clear")}</${Button}>
      <${Button} small asks kind="danger" icon="trash" onClick=${onDelete}>
        ${t("backups.delete_chosen")}
      </${Button}>
    </div>`;
}

function NoBackup({ onCreate }) {
  const action = view`
    <${Button} kind="primary" icon="plus" asks onClick=${onCreate}>${t("create.open")}</${Button}>`;
  return view`
    <${Empty} icon="archive" title=${t("backups.none")} action=${action}>
      ${t("backups.none_hint")}
    </${Empty}>`;
}

function sayFound(found, total) {
  const facts = { n: formatNumber(found), total: formatNumber(total) };
  return t(found === total ? "backups.count" : "backups.found", facts);
}

function NoMatch({ onShowAll }) {
  const action = view`<${Button} onClick=${onShowAll}>${t("backups.show_all")}</${Button}>`;
  return view`<${Empty} icon="search" title=${t("backups.no_match")} action=${action} />`;
}

function kindOptions(backups) {
  return KINDS.map((value) => ({
    value,
    text: t(`kind.${value}`),
    count: backups.filter((one) => value === "all" || one.kind === value).length,
  }));
}

function matches(backup, kind, words) {
  if (kind !== "all" && backup.kind !== kind) return false;
  const here = { zone: timeZone(), kind: t(`kind.${backup.kind}`) };
  return words.trim() === "" || holdsWords(searchText(backup, here), words.trim());
}

function sortBackups(backups, { by, down }) {
  const compare = (a, b) => (a[by] < b[by] ? -1 : a[by] > b[by] ? 1 : 0);
  return backups.toSorted((a, b) => down ? compare(b, a) : compare(a, b));
}
