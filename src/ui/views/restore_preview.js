import { useEffect, useState, view } from "../dom.js";
import { api } from "../api.js";
import { Button } from "../components/button.js";
import { Notice, Skeleton } from "../components/notice.js";
import { formatBytes, formatDuration, formatNumber } from "../format.js";
import { t } from "../i18n/mod.js";

/**
 * Step two: what would change. Changes nothing.
 *
 * @param {{request: any, choices: any, onChange: (choices: any) => void, onBack: () => void, onNext: (preview: any) => void}} props
 */
export function RestorePreview({ request, choices, onChange, onBack, onNext }) {
  const [preview, setPreview] = useState(null);
  const [problem, setProblem] = useState(null);
  const key = JSON.stringify(request);
  useEffect(() => {
    const controller = new AbortController();
    setProblem(null);
    api.preview(request, controller.signal).then(
      setPreview,
      (error) => controller.signal.aborted || setProblem(error),
    );
    return () => controller.abort();
  }, [key]);
  return view`
    ${
    problem &&
    view`<${Notice} tone="danger" alert>${
      problem.status === undefined ? t("offline") : problem.message
    }</${Notice}>`
  }
    ${
    preview === null && !problem && view`
      <p>${t("preview.working")}</p>
      <${Skeleton} lines=${6} />
    `
  }
    ${
    preview !== null && !problem &&
    view`<${Found} preview=${preview} choices=${choices} onChange=${onChange} />`
  }
    <div class="step-actions">
      <${Button} onClick=${onBack}>${t("back")}</${Button}>
      <${Button} kind="primary" disabled=${
    preview === null || problem !== null ||
    !preview.allowed
  } onClick=${() => onNext(preview)}>
        ${t("next")}</${Button}>
    </div>
  `;
}

function Found({ preview, choices, onChange }) {
  const { refusals, warnings, tables, covers, config, schema, admins, space, expected_seconds } =
    preview;
  const stopLibrary = refusals.some((one) => one.code === "restore.stop_library");
  const forceable = refusals.length > 0 &&
    refusals.every((one) => one.force || one.code === "restore.stop_library");
  const override = (name, words) =>
    view`<label class="choice choice-danger"><input type="checkbox" checked=${choices[name]}
    onChange=${(event) =>
      onChange({ ...choices, [name]: event.currentTarget.checked })} /><span><strong>${
      t(words)
    }</strong></span></label>`;
  return view`
    ${
    refusals.map((one) =>
      view`<${Notice} key=${one.code + one.detail} tone="danger" alert>${one.detail}</${Notice}>`
    )
  }
    ${
    (stopLibrary || choices.libraryStopped) &&
    override("libraryStopped", "preview.library_stopped")
  }
    ${
    ((forceable && refusals.some((one) => one.force)) || choices.force) &&
    override("force", "preview.force")
  }
    ${warnings.map((text) => view`<${Notice} key=${text} tone="warn">${text}</${Notice}>`)}
    ${
    expected_seconds !== null &&
    view`<p class="hint">${t("preview.expected", { time: formatDuration(expected_seconds) })}</p>`
  }
    ${tables.length > 0 && view`<${Tables} tables=${tables} />`}
    ${
    schema &&
    view`<p class="hint">${
      t(`preview.schema.${schema.direction}`, {
        live: schema.live ?? "–",
        backup: schema.backup ?? "–",
      })
    }</p>`
  }
    ${admins && view`<${Admins} admins=${admins} />`}
    ${covers && view`<${Covers} covers=${covers} />`}
    ${config.length > 0 && view`<${ConfigChanges} config=${config} />`}
    ${
    space.length > 0 && view`
      <h3>${t("preview.space")}</h3>
      <ul class="plain-list">${
      space.map((one) =>
        view`<li key=${one.volume}>
      <code>${one.volume}</code> <small>${
          t("preview.space_line", {
            needed: formatBytes(one.needed_bytes),
            free: formatBytes(one.free_bytes),
          })
        }</small></li>`
      )
    }</ul>
    `
  }
  `;
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
  const row = ({ name, before, after }) => {
    const fewer = (after ?? 0) < (before ?? 0);
    return view`
      <tr key=${name}>
        <td><code>${name}</code></td>
        <td class="num">${say(before)}</td>
        <td class="num">${say(after)}</td>
        <td class=${fewer ? "num tone-danger" : "num"}>${difference({ before, after })}</td>
      </tr>`;
  };
  return view`
    <div class="table-scroll" tabindex="0" role="region" aria-label=${t("preview.tables")}>
      <table class="table table-small">
        <thead>
          <tr>
            <th>${t("detail.table")}</th>
            <th class="num">${t("preview.now")}</th>
            <th class="num">${t("preview.then")}</th>
            <th class="num">${t("preview.difference")}</th>
          </tr>
        </thead>
        <tbody>${tables.map(row)}</tbody>
      </table>
    </div>`;
}

const say = (count) => count === null ? "–" : formatNumber(count);

function difference({ before, after }) {
  const change = (after ?? 0) - (before ?? 0);
  return change === 0 ? "0" : change > 0 ? `+${formatNumber(change)}` : `−${formatNumber(-change)}`;
}

function Covers({ covers }) {
  const names = (kind) =>
    covers.first[kind].length > 0 && view`<li><strong>${t(`preview.covers.${kind}`)}</strong>
    ${covers.first[kind].map((name) => view`<code key=${name}>${name}</code>`)}
    ${
      covers[kind] > covers.first[kind].length &&
      view`<small>${
        t("detail.more", { n: formatNumber(covers[kind] - covers.first[kind].length) })
      }</small>`
    }</li>`;
  return view`
    <h3>${t("part.covers")}</h3>
    <ul class="counts">${
    ["added", "changed", "removed", "unchanged"].map((kind) =>
      view`
        <li key=${kind}
          class=${kind === "removed" && covers.removed > 0 ? "tone-danger" : ""}><strong>${
        formatNumber(covers[kind])
      }</strong> ${t(`preview.covers.${kind}`)}</li>
      `
    )
  }</ul>
    <ul class="names">${["added", "changed", "removed"].map(names)}</ul>
  `;
}

function ConfigChanges({ config }) {
  return view`
    <h3>${t("part.config")}</h3>
    <div class="table-scroll" tabindex="0" role="region" aria-label=${t("part.config")}>
      <table class="table table-small">
        <thead>
          <tr>
            <th>${t("preview.key")}</th>
            <th>${t("preview.now")}</th>
            <th>${t("preview.then")}</th>
          </tr>
        </thead>
        <tbody>${
    config.map((one) =>
      view`
            <tr key=${one.key}>
              <td><code>${one.key}</code></td>
              <td><code>${one.before ?? "–"}</code></td>
              <td>${
        one.kept ? view`<em>${t("preview.kept")}</em>` : view`<code>${one.after ?? "–"}</code>`
      }</td>
            </tr>
          `
    )
  }</tbody>
      </table>
    </div>
  `;
}

function Admins({ admins }) {
  const lines = ["added", "removed", "password_changed"].filter((kind) => admins[kind].length > 0);
  if (lines.length === 0) return null;
  return view`<${Notice} tone="warn">${
    lines.map((kind) =>
      view`<p key=${kind}>${t(`preview.admins.${kind}`, { names: admins[kind].join(", ") })}</p>`
    )
  }</${Notice}>`;
}
