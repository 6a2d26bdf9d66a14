import { useEffect, useState, view } from "../dom.js";
import { api } from "../api.js";
import { Badge } from "../components/badge.js";
import { Notice, Skeleton } from "../components/notice.js";
import { formatAge, formatBytes } from "../format.js";
import { t } from "../i18n/mod.js";
import { useStore } from "../store.js";

/** Which backups the next run will delete, and why each of the others stays. */
export function Retention() {
  const { stats, backups } = useStore();
  const [rows, setRows] = useState(null);
  const [problem, setProblem] = useState("");
  const key = backups.map((one) => `${one.backup_id}${one.pinned}${one.verified_at}`).join();
  useEffect(() => {
    let gone = false;
    api.retention().then(
      (answer) => gone || (setRows(answer), setProblem("")),
      (error) => gone || setProblem(error.status === undefined ? t("offline") : error.message),
    );
    return () => {
      gone = true;
    };
  }, [key, document.documentElement.lang]);
  if (problem) return view`<${Notice} tone="danger" alert>${problem}</${Notice}>`;
  if (rows === null) return view`<${Skeleton} lines=${5} />`;
  const doomed = rows.filter((row) => row.action === "delete");
  const bytes = doomed.reduce((total, row) => total + row.file_size, 0);
  return view`
    <p class="hint">${t("retention.rule", { n: stats.retention_count })}</p>
    <p class="retention-verdict">${
    doomed.length === 0
      ? t("retention.none")
      : t("retention.some", { n: doomed.length, size: formatBytes(bytes) })
  }</p>
    <ul class="retention">${
    [...doomed, ...rows.filter((row) => row.action === "keep")].map((row) =>
      view`
        <${Row} key=${row.backup_id}
          row=${row} backup=${backups.find((one) => one.backup_id === row.backup_id)} />
      `
    )
  }</ul>
  `;
}

function Row({ row, backup }) {
  return view`
    <li>
      <${Badge} tone=${row.action === "delete" ? "danger" : "neutral"} icon=${
    row.action === "delete" ? "trash" : "check"
  }>
          ${t(`retention.${row.action}`)}</${Badge}>
        <span class="retention-id"><a href=${`#/backups/${row.backup_id}`}><code>${row.backup_id}</code></a>
          <small>${backup ? formatAge(backup.created_at_utc) : ""} · ${
    formatBytes(
      row.file_size,
    )
  }</small></span>
        <span class="retention-why">${row.detail}</span></li>
  `;
}
