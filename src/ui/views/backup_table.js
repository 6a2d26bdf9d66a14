import { view } from "../dom.js";
import { BackupBadges } from "../components/badge.js";
import { Icon } from "../components/icon.js";
import { sayPart } from "../components/pager.js";
import { Age } from "../components/time.js";
import { formatBytes, formatDateTime } from "../format.js";
import { t } from "../i18n/mod.js";
import { BackupActions } from "./backup_actions.js";

const COLUMNS = {
  created_at_utc: "backups.col.backup",
  includes: "backups.col.contents",
  file_size: "backups.col.size",
};

/**
 * Rows on wide screens, cards on phones: the same elements, so roles are written out where CSS would lose them.
 *
 * @param {{pages: any, sort: {by: string, down: boolean}, onSort: (sort: any) => void,
 *   chosen: Set<string>, onChoose: (chosen: Set<string>) => void}} props
 */
export function BackupTable({ pages, sort, onSort, chosen, onChoose }) {
  const backups = pages.shown;
  const all = backups.every((one) => chosen.has(one.backup_id));
  const toggleAll = () => {
    const ids = backups.map((one) => one.backup_id);
    const rest = [...chosen].filter((id) => !ids.includes(id));
    onChoose(new Set(all ? rest : [...rest, ...ids]));
  };
  const toggle = (id) => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    onChoose(next);
  };
  const head = ([by, words]) =>
    view`<${SortHead} key=${by} by=${by} words=${t(words)} sort=${sort} onSort=${onSort} />`;
  const row = (backup) => {
    const { backup_id: id } = backup;
    return view`
      <${Row} key=${id} backup=${backup} chosen=${chosen.has(id)} onToggle=${() => toggle(id)} />`;
  };
  return view`
    <table class="table backups-table" role="table" ref=${pages.top} tabindex="-1"
      aria-label=${`${t("nav.backups")}: ${sayPart(pages)}`}>
      <thead role="rowgroup">
        <tr role="row">
          <th role="columnheader" class="col-check">
            <${Check} on=${all} label=${t("backups.choose_all")} onToggle=${toggleAll} />
          </th>
          ${Object.entries(COLUMNS).map(head)}
          <th role="columnheader" class="col-actions">
            <span class="sr-only">${t("backups.col.actions")}</span>
          </th>
        </tr>
      </thead>
      <tbody role="rowgroup">${backups.map(row)}</tbody>
    </table>`;
}

function SortHead({ by, words, sort, onSort }) {
  const active = sort.by === by;
  const direction = active ? (sort.down ? "descending" : "ascending") : "none";
  const flip = () => onSort({ by, down: active ? !sort.down : true });
  return view`
    <th role="columnheader" aria-sort=${direction} class=${`col-${by}`}>
      <button type="button" class="sort" onClick=${flip}>
        ${words}<span class="sort-mark" data-direction=${direction} aria-hidden="true"></span>
      </button>
    </th>`;
}

function Check({ on, label, onToggle }) {
  return view`
    <label class="check">
      <input type="checkbox" checked=${on} aria-label=${label} onChange=${onToggle} />
    </label>`;
}

function Row({ backup, chosen, onToggle }) {
  const { backup_id: id, shrunk, description, created_at_utc: at, file_size: bytes } = backup;
  return view`
    <tr role="row" class=${chosen ? "row-chosen" : ""}>
      <td role="cell" class="col-check">
        <${Check} on=${chosen} label=${t("backups.choose", { id })} onToggle=${onToggle} />
      </td>
      <td role="cell" class="col-created_at_utc">
        <div class="row-head">
          <a class="row-title" href=${`#/backups/${id}`}><${Age} at=${at} /></a>
          <${BackupBadges} backup=${backup} />
        </div>
        <small class="row-id">
          <span class="phrase">${formatDateTime(at)} ·</span> <code>${id}</code>
        </small>
        ${description && view`<span class="row-description">${description}</span>`}
      </td>
      <td role="cell" class="col-includes"><${Contents} backup=${backup} /></td>
      <td role="cell" class=${`col-file_size${shrunk ? " tone-danger" : ""}`}>${
    formatBytes(bytes)
  }</td>
      <td role="cell" class="col-actions"><${BackupActions} backup=${backup} /></td>
    </tr>`;
}

function Contents({ backup }) {
  const { includes, missing_covers_count: n } = backup;
  return view`
    ${includes.map((part) => view`<span key=${part} class="part">${t(`part.${part}`)}</span>`)}
    ${
    n > 0 && view`
      <small class="tone-warn">
        <${Icon} name="alert" size=${14} />${t("backups.missing_covers", { n })}
      </small>`
  }`;
}
