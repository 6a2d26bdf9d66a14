import { useEffect, useState, view } from "../dom.js";
import { api } from "../api.js";
import { Badge } from "../components/badge.js";
import { Notice, Skeleton } from "../components/notice.js";
import { Pager, sayPart, usePages } from "../components/pager.js";
import { PendingRemoval } from "../components/standing.js";
import { formatAge, formatBytes } from "../format.js";
import { t } from "../i18n/mod.js";
import { language } from "../preferences.js";
import { useStore } from "../store.js";

/** Which backups the next run will delete, and why each of the others stays. */
export function Retention() {
  const { stats, backups, returns } = useStore();
  const [rows, setRows] = useState(null);
  const [problem, setProblem] = useState("");
  const key = backups.map((one) => `${one.backup_id}${one.pinned}${one.verified_at}`).join();
  useEffect(() => {
    let gone = false;
    api.retention().then(
      (answer) => gone || (setRows(answer), setProblem("")),
      (error) => gone || setProblem(error.message),
    );
    return () => {
      gone = true;
    };
  }, [key, language(), returns]);
  const ordered = [...rows ?? []].sort((a, b) => isKept(a) - isKept(b));
  const pages = usePages(ordered, "");
  if (problem) return view`<${Notice} tone="danger" alert>${problem}</${Notice}>`;
  if (rows === null) return view`<${Skeleton} lines=${5} />`;
  const doomed = rows.filter((row) => row.action === "delete");
  const bytes = doomed.reduce((total, row) => total + row.file_size, 0);
  const verdict = doomed.length === 0
    ? t("retention.none")
    : t("retention.some", { n: doomed.length, size: formatBytes(bytes) });
  const row = (decision) => {
    const { backup_id: id } = decision;
    const backup = backups.find((one) => one.backup_id === id);
    return view`<${Row} key=${id} decision=${decision} backup=${backup} />`;
  };
  return view`
    <p class="hint">${t("retention.rule", { n: stats.retention_count })}</p>
    <${PendingRemoval} />
    <p class="retention-verdict">${verdict}</p>
    <ul class="retention" ref=${pages.top} tabindex="-1"
      aria-label=${`${t("retention.title")}: ${sayPart(pages)}`}>
      ${pages.shown.map(row)}
    </ul>
    <${Pager} pages=${pages} />`;
}

/** What goes is told first. */
const isKept = ({ action }) => Number(action === "keep");

function Row({ decision, backup }) {
  const { backup_id: id, action, detail, file_size: bytes } = decision;
  const goes = action === "delete";
  const age = backup ? `${formatAge(backup.created_at_utc)} · ` : "";
  return view`
    <li>
      <${Badge} tone=${goes ? "danger" : "neutral"} icon=${goes ? "trash" : "check"}>
        ${t(`retention.${action}`)}
      </${Badge}>
      <span class="retention-id">
        <a href=${`#/backups/${id}`}><code>${id}</code></a>
        <small>${age}${formatBytes(bytes)}</small>
      </span>
      <span class="retention-why">${detail}</span>
    </li>`;
}
