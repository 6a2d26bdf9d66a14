import { useEffect, useState, view } from "../dom.js";
import { api } from "../api.js";
import { Button } from "../components/button.js";
import { Choice } from "../components/choice.js";
import { Notice, Skeleton } from "../components/notice.js";
import { PathList } from "../components/path_list.js";
import { MakeSpace, Problem } from "../components/problem.js";
import { Table } from "../components/table.js";
import { formatBytes, formatDuration, formatNumber } from "../format.js";
import { t } from "../i18n/mod.js";
import { language } from "../preferences.js";
import { isLackOfSpace } from "../space.js";
import { useStore } from "../store.js";

/**
 * Step two: what would change. Changes nothing.
 *
 * @param {{request: any, choices: any, onChange: (choices: any) => void, onBack: () => void, onNext: () => void}} props
 */
export function RestorePreview({ request, choices, onChange, onBack, onNext }) {
  const [preview, setPreview] = useState(null);
  const [problem, setProblem] = useState(null);
  const { returns } = useStore();
  const key = JSON.stringify({ request, language: language(), returns });
  useEffect(() => {
    const controller = new AbortController();
    setPreview(null);
    setProblem(null);
    api.preview(request, controller.signal).then(
      setPreview,
      (error) => controller.signal.aborted || setProblem(error),
    );
    return () => controller.abort();
  }, [key]);
  const ready = preview !== null && problem === null;
  return view`
    ${problem !== null && view`<${Problem} error=${problem} />`}
    ${
    preview === null && problem === null && view`
      <p>${t("preview.working")}</p>
      <${Skeleton} lines=${6} />`
  }
    ${ready && view`<${Found} preview=${preview} choices=${choices} onChange=${onChange} />`}
    <div class="step-actions">
      <${Button} onClick=${onBack}>${t("back")}</${Button}>
      <${Button} kind="primary" disabled=${!ready || !preview.allowed} onClick=${onNext}>
        ${t("next")}
      </${Button}>
    </div>`;
}

function Found({ preview, choices, onChange }) {
  const { refusals, warnings, tables, covers, extra, config, schema, admins, space } = preview;
  const { expected_seconds: seconds } = preview;
  return view`
    ${refusals.map((one) => view`<${Refusal} key=${one.detail} refusal=${one} />`)}
    <${Overrides} refusals=${refusals} choices=${choices} onChange=${onChange} />
    ${warnings.map((text) => view`<${Notice} key=${text} tone="warn">${text}</${Notice}>`)}
    ${
    seconds !== null && view`
      <p class="hint">${t("preview.expected", { time: formatDuration(seconds) })}</p>`
  }
    ${tables.length > 0 && view`<${Tables} tables=${tables} />`}
    ${
    schema !== null && view`<${Schema} schema=${schema} choices=${choices} onChange=${onChange} />`
  }
    ${admins !== null && view`<${Admins} admins=${admins} />`}
    ${covers !== null && view`<${Files} part="covers" files=${covers} />`}
    ${extra !== null && view`<${Files} part="extra" files=${extra} />`}
    ${config.length > 0 && view`<${ConfigChanges} config=${config} />`}
    ${space.length > 0 && view`<${Space} space=${space} />`}`;
}

function Refusal({ refusal }) {
  const action = isLackOfSpace(refusal) && view`<${MakeSpace} />`;
  return view`<${Notice} tone="danger" alert action=${action}>${refusal.detail}</${Notice}>`;
}

/** What a person may say against a refusal; asked again after each answer, since the preview is then another. */
function Overrides({ refusals, choices, onChange }) {
  const isStop = ({ code }) => code === "restore.stop_library";
  const forceable = refusals.some(({ force }) => force) &&
    refusals.every((one) => one.force || isStop(one));
  const box = (name, words) =>
    view`
      <${Choice} type="checkbox" name=${name} danger on=${choices[name]} title=${t(words)}
        onChange=${(on) => onChange({ ...choices, [name]: on })} />`;
  return view`
    ${
    (refusals.some(isStop) || choices.libraryStopped) &&
    box("libraryStopped", "preview.library_stopped")
  }
    ${(forceable || choices.force) && box("force", "preview.force")}`;
}

function Schema({ schema, choices, onChange }) {
  const { live, backup, direction, lacking } = schema;
  const facts = { live: live ?? "–", backup: backup ?? "–" };
  const words = view`<p class="hint">${t(`preview.schema.${direction}`, facts)}</p>`;
  if (lacking.length === 0) return words;
  return view`
    ${words}
    <h3>${t("preview.lacking", { n: lacking.length })}</h3>
    <${PathList} paths=${lacking} />
    <${Choice} type="checkbox" name="upgrade_schema" on=${choices.upgradeSchema}
      title=${t("preview.upgrade")} hint=${t("preview.upgrade.hint")}
      onChange=${(on) => onChange({ ...choices, upgradeSchema: on, force: false })} />
    <${Upgrade} upgrade=${schema.upgrade} />`;
}

/** What would be added, and what cannot be. */
function Upgrade({ upgrade }) {
  if (upgrade === null) return null;
  const { added, missing } = upgrade;
  const line = ({ name, reason }) =>
    view`<p key=${name}><code>${name}</code> <small>${reason}</small></p>`;
  return view`
    ${
    added.length > 0 &&
    view`<p class="hint">${t("preview.upgrade.added", { names: added.join(", ") })}</p>`
  }
    ${
    missing.length > 0 && view`
      <${Notice} tone="warn"><p>${t("preview.upgrade.missing")}</p>${missing.map(line)}</${Notice}>`
  }`;
}

function Space({ space }) {
  const line = ({ volume, needed_bytes, reserve_bytes, free_bytes }) => {
    const facts = {
      work: formatBytes(needed_bytes - reserve_bytes),
      reserve: formatBytes(reserve_bytes),
      free: formatBytes(free_bytes),
    };
    return view`
      <li key=${volume}><code>${volume}</code><small>${
      t("preview.space_line", facts)
    }</small></li>`;
  };
  return view`
    <h3>${t("preview.space")}</h3>
    <ul class="plain-list">${space.map(line)}</ul>`;
}

function Tables({ tables }) {
  const moved = tables.filter((one) => one.before !== one.after);
  if (moved.length === 0) {
    return view`
      <h3>${t("preview.tables")}</h3>
      <p class="hint">${t("preview.same_counts")}</p>
      <details>
        <summary>${t("preview.all_tables")}</summary>
        <${RowCounts} tables=${tables} />
      </details>`;
  }
  const same = tables.length - moved.length;
  return view`
    <h3>${t("preview.tables")}</h3>
    <${RowCounts} tables=${moved} />
    ${same > 0 && view`<p class="hint">${t("preview.tables_same", { n: same })}</p>`}`;
}

function RowCounts({ tables }) {
  const columns = [
    { title: t("detail.table") },
    { title: t("preview.now"), number: true },
    { title: t("preview.then"), number: true },
    { title: t("preview.difference"), number: true },
  ];
  const rows = tables.map(({ name, before, after }) => [
    view`<code>${name}</code>`,
    sayCount(before),
    sayCount(after),
    sayDifference((after ?? 0) - (before ?? 0)),
  ]);
  const tones = tables.map(({ before, after }) =>
    (after ?? 0) < (before ?? 0) ? "tone-danger" : ""
  );
  return view`<${Table} label=${
    t("preview.tables")
  } columns=${columns} rows=${rows} tones=${tones} />`;
}

const sayCount = (count) => count === null ? "–" : formatNumber(count);

function sayDifference(change) {
  if (change === 0) return "0";
  return change > 0 ? `+${formatNumber(change)}` : `−${formatNumber(-change)}`;
}

function Files({ part, files }) {
  const count = (kind) => {
    const tone = kind === "removed" && files.removed > 0 ? "tone-danger" : "";
    return view`
      <li key=${kind} class=${tone}>
        <strong>${formatNumber(files[kind])}</strong> ${t(`preview.covers.${kind}`)}
      </li>`;
  };
  return view`
    <h3>${t(`part.${part}`)}</h3>
    <ul class="counts">${["added", "changed", "removed", "unchanged"].map(count)}</ul>
    <ul class="names">
      ${
    ["added", "changed", "removed"].map((kind) =>
      view`<${FirstNames} key=${kind} kind=${kind} files=${files} />`
    )
  }
    </ul>`;
}

function FirstNames({ kind, files }) {
  const names = files.first[kind];
  if (names.length === 0) return null;
  const more = files[kind] - names.length;
  return view`
    <li>
      <strong>${t(`preview.covers.${kind}`)}</strong>
      ${names.map((name) => view`<code key=${name}>${name}</code>`)}
      ${more > 0 && view`<small>${t("detail.more", { n: formatNumber(more) })}</small>`}
    </li>`;
}

function ConfigChanges({ config }) {
  const columns = ["preview.key", "preview.now", "preview.then"].map((key) => ({ title: t(key) }));
  const rows = config.map(({ key, before, after, kept }) => [
    view`<code>${key}</code>`,
    view`<code>${before ?? "–"}</code>`,
    kept ? view`<em>${t("preview.kept")}</em>` : view`<code>${after ?? "–"}</code>`,
  ]);
  return view`
    <h3>${t("part.config")}</h3>
    <${Table} label=${t("part.config")} columns=${columns} rows=${rows} />`;
}

function Admins({ admins }) {
  const kinds = ["added", "removed", "password_changed"].filter((kind) => admins[kind].length > 0);
  const line = (kind) =>
    view`<p key=${kind}>${t(`preview.admins.${kind}`, { names: admins[kind].join(", ") })}</p>`;
  return kinds.length > 0 && view`<${Notice} tone="warn">${kinds.map(line)}</${Notice}>`;
}
