import { useEffect, useState, view } from "../dom.js";
import { api } from "../api.js";
import { BackupBadges } from "../components/badge.js";
import { CopyText } from "../components/copy_text.js";
import { Dialog } from "../components/dialog.js";
import { Notice, Skeleton } from "../components/notice.js";
import { formatBytes, formatExact, formatNumber } from "../format.js";
import { t } from "../i18n/mod.js";
import { BackupActions } from "./backup_actions.js";

const SHOWN = 200;

/** Everything known about one backup. @param {{backup: Record<string, any>, onClose: () => void}} props */
export function BackupDetail({ backup, onClose }) {
  const [detail, setDetail] = useState(null);
  const [problem, setProblem] = useState("");
  useEffect(() => {
    let gone = false;
    api.detail(backup.backup_id).then(
      (found) => gone || setDetail(found),
      (error) => gone || setProblem(error.message),
    );
    return () => {
      gone = true;
    };
  }, [backup.backup_id]);
  return view`
    <${Dialog} wide title=${t("detail.title")} onClose=${onClose}
      actions=${view`<${BackupActions} backup=${backup} spacious onDeleted=${onClose} />`}>
        <p class="detail-id"><code>${backup.backup_id}</code></p>
        <${BackupBadges} backup=${backup} />
        ${backup.description && view`<p class="detail-description">${backup.description}</p>`}
        ${backup.state === "damaged" && view`<${Notice} tone="danger">${backup.error}</${Notice}>`}
        ${backup.shrunk && view`<${Notice} tone="danger">${t("badge.shrunk_why")}</${Notice}>`}
        ${problem && view`<${Notice} tone="danger" alert>${problem}</${Notice}>`}
        <${Metadata} backup=${backup} />
        <${Rows} rows=${backup.rows} />
        <${Names} title=${t("detail.missing")} names=${backup.missing_covers} />
        <h3>${t("detail.files")}</h3>
        ${
    detail === null
      ? !problem && view`<${Skeleton} lines=${4} />`
      : view`<${Files} files=${detail.files} />`
  }
        <details><summary>${t("detail.sidecar")}</summary>
          <pre tabindex="0">${
    JSON.stringify(
      { ...backup, ...(detail ? { files: `… ${detail.files.length}` } : {}) },
      null,
      2,
    )
  }</pre></details>
      </${Dialog}>
  `;
}

function Metadata({ backup }) {
  const pair = (name, value) =>
    view`
      <div>
        <dt>${name}</dt>
        <dd>${value}</dd>
      </div>
    `;
  return view`<dl class="stack">
    ${pair(t("detail.created"), formatExact(backup.created_at_utc))}
    ${
    pair(
      t("detail.verified"),
      backup.verified_at ? formatExact(backup.verified_at) : t("fact.never"),
    )
  }
    ${pair(t("detail.contents"), backup.includes.map((part) => t(`part.${part}`)).join(" · "))}
    ${
    pair(t("detail.size"), `${formatBytes(backup.file_size)} (${formatNumber(backup.file_size)} B)`)
  }
    ${pair(t("detail.covers"), formatNumber(backup.cover_count))}
    ${pair(t("detail.path"), view`<code class="break">${backup.file_path}</code>`)}
    ${
    backup.sha256 && pair("SHA-256", view`<${CopyText} value=${backup.sha256} label="SHA-256" />`)
  }
    ${backup.checksum && pair("MD5", view`<${CopyText} value=${backup.checksum} label="MD5" />`)}
  </dl>`;
}

function Rows({ rows }) {
  const tables = Object.entries(rows ?? {}).sort(([, a], [, b]) => b - a);
  if (tables.length === 0) return null;
  return view`
    <details>
      <summary>${t("detail.rows", { n: tables.length })}</summary>
      <table class="table table-small">
        <thead>
          <tr>
            <th>${t("detail.table")}</th>
            <th class="num">${t("detail.row_count")}</th>
          </tr>
        </thead>
        <tbody>${
    tables.map(([name, count]) =>
      view`
            <tr key=${name}>
              <td><code>${name}</code></td>
              <td class="num">${formatNumber(count)}</td>
            </tr>
          `
    )
  }</tbody>
      </table>
    </details>
  `;
}

/** Names from strangers, at most a screenful; how many more there are. */
function Names({ title, names }) {
  if (names.length === 0) return null;
  return view`<details><summary class="tone-warn">${title} (${names.length})</summary>
    <ul class="paths">${
    names.slice(0, SHOWN).map((name) => view`<li key=${name}><code>${name}</code></li>`)
  }</ul>
    ${
    names.length > SHOWN &&
    view`<p>${t("detail.more", { n: formatNumber(names.length - SHOWN) })}</p>`
  }</details>`;
}

function Files({ files }) {
  if (files.length === 0) return view`<p class="hint">${t("detail.no_files")}</p>`;
  const shown = [...files].sort((a, b) => b.size - a.size).slice(0, SHOWN);
  return view`<details><summary>${
    t("detail.file_count", { n: formatNumber(files.length) })
  }</summary>
    <table class="table table-small"><thead><tr><th>${t("detail.file")}</th><th class="num">${
    t("detail.size")
  }</th><th>SHA-256</th></tr></thead>
      <tbody>${
    shown.map((file) =>
      view`
        <tr key=${file.path}>
          <td><code class="break">${file.path}</code></td>
          <td class="num">${formatBytes(file.size)}</td>
          <td><code title=${file.sha256}>${file.sha256.slice(0, 12)}…</code></td>
        </tr>
      `
    )
  }</tbody></table>
    ${
    files.length > SHOWN &&
    view`<p>${t("detail.more", { n: formatNumber(files.length - SHOWN) })}</p>`
  }</details>`;
}
