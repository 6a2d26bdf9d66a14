import { view } from "../dom.js";
import { BackupBadges } from "../components/badge.js";
import { Icon } from "../components/icon.js";
import { Age } from "../components/time.js";
import { formatBytes, formatDateTime } from "../format.js";
import { t } from "../i18n/mod.js";
import { BackupActions } from "./backup_actions.js";

const COLUMNS = [["created_at_utc", "backups.col.backup"], ["includes", "backups.col.contents"], [
  "file_size",
  "backups.col.size",
]];

/**
 * Rows on wide screens, cards on phones: the same elements, so roles are written out where CSS would lose them.
 *
 * @param {{backups: any[], sort: {by: string, down: boolean}, onSort: (sort: any) => void,
 *   chosen: Set<string>, onChoose: (chosen: Set<string>) => void}} props
 */
export function BackupTable({ backups, sort, onSort, chosen, onChoose }) {
  const all = backups.every((one) => chosen.has(one.backup_id));
  const toggleAll = () => onChoose(all ? new Set() : new Set(backups.map((one) => one.backup_id)));
  const toggle = (id) => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    onChoose(next);
  };
  return view`
    <table class="table backups-table" role="table" aria-label=${t("nav.backups")}>
      <thead role="rowgroup">
        <tr role="row">
          <th role="columnheader" class="col-check"><label class="check"><input type="checkbox" checked=${all} onChange=${toggleAll}
            aria-label=${t("backups.choose_all")} /></label></th>
          ${
    COLUMNS.map(([by, words]) =>
      view`<${SortHead} key=${by} by=${by} words=${words} sort=${sort} onSort=${onSort} />`
    )
  }
          <th role="columnheader" class="col-actions"><span class="sr-only">${
    t(
      "backups.col.actions",
    )
  }</span></th>
        </tr>
      </thead>
      <tbody role="rowgroup">
          ${
    backups.map((backup) =>
      view`
              <${Row} key=${backup.backup_id} backup=${backup}
                chosen=${chosen.has(backup.backup_id)} onToggle=${() => toggle(backup.backup_id)} />
            `
    )
  }
        </tbody>
    </table>
  `;
}

function SortHead({ by, words, sort, onSort }) {
  const active = sort.by === by;
  const direction = active ? (sort.down ? "descending" : "ascending") : "none";
  return view`
    <th role="columnheader" aria-sort=${direction} class=${`col-${by}`}>
      <button type="button" class="sort" onClick=${() =>
    onSort({ by, down: active ? !sort.down : true })}>
          ${
    t(
      words,
    )
  }<span class="sort-mark" data-direction=${direction} aria-hidden="true"></span></button>
    </th>
  `;
}

function Row({ backup, chosen, onToggle }) {
  const { backup_id: id, shrunk, state } = backup;
  return view`
    <tr role="row" class=${`${chosen ? "row-chosen " : ""}${
    shrunk || state === "damaged" ? "row-bad" : ""
  }`}>
      <td role="cell"
        class="col-check"><label class="check"><input type="checkbox" checked=${chosen} onChange=${onToggle}
          aria-label=${t("backups.choose", { id })} /></label></td>
      <td role="cell" class="col-created_at_utc">
          <div class="row-head"><a class="row-title" href=${`#/backups/${id}`}><${Age} at=${backup.created_at_utc} /></a>
            <${BackupBadges} backup=${backup} /></div>
          <small class="row-id">${
    formatDateTime(
      backup.created_at_utc,
    )
  } · <code>${id}</code></small>
          ${backup.description && view`<span class="row-description">${backup.description}</span>`}
        </td>
      <td role="cell" class="col-includes">${
    backup.includes.map((part) => view`<span key=${part} class="part">${t(`part.${part}`)}</span>`)
  }
          ${
    backup.missing_covers.length > 0 &&
    view`<small class="tone-warn"><${Icon} name="alert" size=${14} />
        ${t("backups.missing_covers", { n: backup.missing_covers.length })}</small>`
  }</td>
      <td role="cell" class=${`col-file_size${shrunk ? " tone-danger" : ""}`}>${
    formatBytes(
      backup.file_size,
    )
  }</td>
      <td role="cell" class="col-actions">
        <${BackupActions} backup=${backup} />
      </td>
    </tr>
  `;
}
