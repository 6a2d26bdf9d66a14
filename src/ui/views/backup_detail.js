import { useEffect, useState, view } from "../dom.js";
import { api } from "../api.js";
import { BackupBadges } from "../components/badge.js";
import { CopyText } from "../components/copy_text.js";
import { Dialog } from "../components/dialog.js";
import { Notice, Skeleton } from "../components/notice.js";
import { More, PathList } from "../components/path_list.js";
import { Table } from "../components/table.js";
import { formatBytes, formatExact, formatNumber } from "../format.js";
import { t } from "../i18n/mod.js";
import { useStore } from "../store.js";
import { BackupActions } from "./backup_actions.js";
import { Description } from "./description.js";

/** How many files are drawn: a backup may have a hundred thousand. */
const SHOWN = 200;

/** Everything known about one backup. @param {{backup: Record<string, any>, onClose: () => void}} props */
export function BackupDetail({ backup, onClose }) {
  const [detail, setDetail] = useState(null);
  const [problem, setProblem] = useState("");
  const { returns } = useStore();
  useEffect(() => {
    let gone = false;
    api.detail(backup.backup_id).then(
      (found) => gone || (setDetail(found), setProblem("")),
      (error) => gone || setProblem(error.message),
    );
    return () => {
      gone = true;
    };
  }, [backup.backup_id, returns]);
  const { backup_id: id, state, error, shrunk, rows, missing_covers } = backup;
  const actions = view`<${BackupActions} backup=${backup} spacious onDeleted=${onClose} />`;
  return view`
    <${Dialog} wide title=${t("detail.title")} onClose=${onClose} actions=${actions}>
      <p class="detail-id"><code>${id}</code></p>
      <${BackupBadges} backup=${backup} />
      <${Description} key=${id} backup=${backup} />
      ${state === "damaged" && view`<${Notice} tone="danger">${error}</${Notice}>`}
      ${
    CAUTIONS.filter((name) => backup[name]).map((name) =>
      view`<${Notice} key=${name} tone="warn">${t(`badge.${name}_why`)}</${Notice}>`
    )
  }
      ${
    detail?.warnings?.map((text) => view`<${Notice} key=${text} tone="warn">${text}</${Notice}>`)
  }
      <${LeftOut} detail=${detail} />
      ${shrunk && view`<${Notice} tone="danger">${t("badge.shrunk_why")}</${Notice}>`}
      ${problem && view`<${Notice} tone="danger" alert>${problem}</${Notice}>`}
      <${Metadata} backup=${backup} />
      <${RowCounts} rows=${rows} />
      <${MissingCovers} names=${missing_covers} count=${backup.missing_covers_count} />
      <h3>${t("detail.files")}</h3>
      ${detail === null && !problem && view`<${Skeleton} lines=${4} />`}
      ${detail !== null && view`<${Files} files=${detail.files} />`}
      <details>
        <summary>${t("detail.sidecar")}</summary>
        <pre tabindex="0">${JSON.stringify(backup, null, 2)}</pre>
      </details>
    </${Dialog}>`;
}

/** What is told in a badge, in a whole sentence. */
const CAUTIONS = ["other_library", "incomplete", "changed", "future"];

/** What of the library had to be left out, and why. */
function LeftOut({ detail }) {
  const { left_out: items = [], left_out_count: count = 0 } = detail ?? {};
  if (count === 0) return null;
  const line = ({ path, reason }) =>
    view`<li key=${path}><code class="break">${path}</code> <small>${reason}</small></li>`;
  return view`
    <details>
      <summary class="tone-warn">${t("detail.left_out")} (${formatNumber(count)})</summary>
      <ul class="paths" tabindex="0">${items.slice(0, SHOWN).map(line)}</ul>
      <${More} count=${count - Math.min(SHOWN, items.length)} />
    </details>`;
}

function Metadata({ backup }) {
  const { verified_at, file_size, sha256, checksum } = backup;
  const size = `${formatBytes(file_size)} (${formatNumber(file_size)} B)`;
  const pairs = [
    [t("detail.created"), formatExact(backup.created_at_utc)],
    [t("detail.verified"), verified_at === null ? t("fact.never") : formatExact(verified_at)],
    [t("detail.contents"), backup.includes.map((part) => t(`part.${part}`)).join(" · ")],
    [t("detail.size"), size],
    [t("detail.covers"), formatNumber(backup.cover_count)],
    [t("detail.path"), view`<code class="break">${backup.file_path}</code>`],
    ["SHA-256", sha256 && view`<${CopyText} value=${sha256} label="SHA-256" />`],
    ["MD5", checksum && view`<${CopyText} value=${checksum} label="MD5" />`],
  ];
  const line = ([name, value]) => view`<div key=${name}><dt>${name}</dt><dd>${value}</dd></div>`;
  return view`<dl class="stack">${pairs.filter(([, value]) => value).map(line)}</dl>`;
}

function RowCounts({ rows }) {
  const counts = Object.entries(rows ?? {}).sort(([, a], [, b]) => b - a);
  if (counts.length === 0) return null;
  const label = t("detail.rows", { n: counts.length });
  const columns = [{ title: t("detail.table") }, { title: t("detail.row_count"), number: true }];
  const lines = counts.map(([name, n]) => [view`<code>${name}</code>`, formatNumber(n)]);
  return view`
    <details>
      <summary>${label}</summary>
      <${Table} label=${label} columns=${columns} rows=${lines} />
    </details>`;
}

function MissingCovers({ names, count }) {
  if (count === 0) return null;
  return view`
    <details>
      <summary class="tone-warn">${t("detail.missing")} (${formatNumber(count)})</summary>
      <${PathList} paths=${names} />
    </details>`;
}

function Files({ files }) {
  if (files.length === 0) return view`<p class="hint">${t("detail.no_files")}</p>`;
  const label = t("detail.file_count", { n: formatNumber(files.length) });
  const shown = files.toSorted((a, b) => b.size - a.size).slice(0, SHOWN);
  const columns = [
    { title: t("detail.file") },
    { title: t("detail.size"), number: true },
    { title: "SHA-256" },
  ];
  const lines = shown.map(({ path, size, sha256 }) => [
    view`<code class="break">${path}</code>`,
    formatBytes(size),
    view`<code title=${sha256}>${sha256.slice(0, 12)}…</code>`,
  ]);
  return view`
    <details>
      <summary>${label}</summary>
      <${Table} label=${label} columns=${columns} rows=${lines} />
      <${More} count=${files.length - SHOWN} />
    </details>`;
}
