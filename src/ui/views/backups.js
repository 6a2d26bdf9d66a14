import { html, useRef, useState } from "../dom.js";
import { Button } from "../components/button.js";
import { Icon } from "../components/icon.js";
import { Empty, Skeleton } from "../components/notice.js";
import { LoadFailed } from "../components/load_failed.js";
import { formatBytes } from "../format.js";
import { t } from "../i18n/mod.js";
import { go } from "../router.js";
import { useStore } from "../store.js";
import { upload } from "../upload.js";
import { BackupDetail } from "./backup_detail.js";
import { BackupTable } from "./backup_table.js";
import { CreateDialog } from "./create_dialog.js";
import { DeleteDialog } from "./delete_dialog.js";

const KINDS = ["all", "manual", "auto", "snapshot", "uploaded"];

/** Every backup: find one, look inside, act. @param {{id: string | null}} props `id` opens its details. */
export function BackupsView({ id }) {
  const { loaded, loadError, backups } = useStore();
  const [kind, setKind] = useState("all");
  const [words, setWords] = useState("");
  const [sort, setSort] = useState({ by: "created_at_utc", down: true });
  const [chosen, setChosen] = useState(() => new Set());
  const [dialog, setDialog] = useState(null);
  if (loadError !== null) return html`<${LoadFailed} error=${loadError} />`;

  const found = sorted(backups.filter((one) => matches(one, kind, words)), sort);
  const marked = found.filter((one) => chosen.has(one.backup_id));
  const shown = id === null ? null : backups.find((one) => one.backup_id === id) ?? null;
  return html`<div class="backups">
    <${Head} onCreate=${() => setDialog("create")} count=${backups.length} />
    <div class="toolbar">
      <div class="chips" role="group" aria-label=${t("backups.filter")}>
        ${
    KINDS.map((one) =>
      html`
        <button type="button" key=${one} aria-pressed=${kind === one}
          onClick=${() => setKind(one)}>${t(`kind.${one}`)}
                  <small>${one === "all"
                    ? backups.length
                    : backups.filter((b) => b.kind === one).length}</small></button>
      `
    )
  }
      </div>
      <label class="search"><${Icon} name="search" size=${18} /><span class="sr-only">${
    t("backups.search")
  }</span>
        <input type="search" placeholder=${t("backups.search")} value=${words}
          onInput=${(event) => setWords(event.currentTarget.value)} /></label>
    </div>
    <div class="bulk" role="region" aria-label=${t("backups.bulk")} data-open=${marked.length > 0}>
      ${
    marked.length > 0 && html`
      <span>${t("backups.chosen", { n: marked.length, size: formatBytes(sum(marked)) })}</span>
      <${Button} small onClick=${() => setChosen(new Set())}>${t("backups.clear")}<//>
              <${Button} small kind="danger" icon="trash" onClick=${() => setDialog("delete")}>${t(
                "backups.delete_chosen",
              )}<//>
    `
  }
    </div>
    ${
    !loaded
      ? html`
        <div class="card">
          <${Skeleton} lines=${8} />
        </div>
      `
      : backups.length === 0
      ? html`<${Empty} icon="archive" title=${t("backups.none")} action=${html`
        <${Button} kind="primary" icon="plus"
          onClick=${() => setDialog("create")}>${t("create.open")}<//>
      `}>${t("backups.none_hint")}<//>`
      : found.length === 0
      ? html`<${Empty} icon="search" title=${t("backups.no_match")} action=${html`
        <${Button}
          onClick=${() => (setKind("all"), setWords(""))}>${t("backups.show_all")}<//>
      `} />`
      : html`
        <${BackupTable} backups=${found} sort=${sort} onSort=${setSort} chosen=${chosen}
          onChoose=${setChosen} />
      `
  }
    ${dialog === "create" && html`<${CreateDialog} onClose=${() => setDialog(null)} />`}
    ${
    dialog === "delete" && html`<${DeleteDialog} backups=${marked} onClose=${(done) => {
      setDialog(null);
      if (done) setChosen(new Set());
    }} />`
  }
    ${shown && html`<${BackupDetail} backup=${shown} onClose=${() => go("backups")} />`}
  </div>`;
}

function Head({ onCreate }) {
  const picker = useRef(null);
  const choose = (event) => {
    const file = event.currentTarget.files[0];
    event.currentTarget.value = "";
    if (file) void upload(file);
  };
  return html`
    <header class="view-head">
      <div>
        <h1 tabindex="-1">${t("nav.backups")}</h1>
        <p>${t("backups.lead")}</p>
      </div>
      <div class="view-actions">
        <input ref=${picker} type="file" accept=".zip,application/zip" hidden onChange=${choose} />
        <${Button} icon="upload" onClick=${() => picker.current.click()}>${t("upload.open")}<//>
          <${Button} kind="primary" icon="plus" onClick=${onCreate}>${t("create.open")}<//>
        </div>
      </header>
  `;
}

function matches(backup, kind, words) {
  if (kind !== "all" && backup.kind !== kind) return false;
  const text = `${backup.backup_id} ${backup.description} ${t(`kind.${backup.kind}`)}`
    .toLowerCase();
  return words.toLowerCase().split(/\s+/).every((word) => text.includes(word));
}

function sorted(backups, { by, down }) {
  const sign = down ? -1 : 1;
  return backups.toSorted((a, b) => (a[by] < b[by] ? -1 : a[by] > b[by] ? 1 : 0) * sign);
}

const sum = (backups) => backups.reduce((bytes, one) => bytes + one.file_size, 0);
