import { html, useEffect, useState } from "../dom.js";
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
  return html`
    ${problem &&
      html`<${Notice} tone="danger" alert>${
        problem.status === undefined ? t("offline") : problem.message
      }<//>`}
    ${preview === null && !problem && html`
      <p>${t("preview.working")}</p>
      <${Skeleton} lines=${6} />
    `}
    ${preview !== null && !problem &&
      html`<${Found} preview=${preview} choices=${choices} onChange=${onChange} />`}
    <div class="step-actions">
      <${Button} onClick=${onBack}>${t("back")}<//>
      <${Button} kind="primary" disabled=${preview === null || problem !== null ||
        !preview.allowed} onClick=${() => onNext(preview)}>
        ${t("next")}<//>
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
    html`<label class="choice choice-danger"><input type="checkbox" checked=${choices[name]}
    onChange=${(event) =>
      onChange({ ...choices, [name]: event.currentTarget.checked })} /><span><strong>${
      t(words)
    }</strong></span></label>`;
  return html`
    ${refusals.map((one) =>
      html`<${Notice} key=${one.code + one.detail} tone="danger" alert>${one.detail}<//>`
    )}
    ${(stopLibrary || choices.libraryStopped) &&
      override("libraryStopped", "preview.library_stopped")}
    ${((forceable && refusals.some((one) => one.force)) || choices.force) &&
      override("force", "preview.force")}
    ${warnings.map((text) => html`<${Notice} key=${text} tone="warn">${text}<//>`)}
    ${expected_seconds !== null &&
      html`<p class="hint">${
        t("preview.expected", { time: formatDuration(expected_seconds) })
      }</p>`}
    ${tables.length > 0 && html`<${Tables} tables=${tables} />`}
    ${schema &&
      html`<p class="hint">${
        t(`preview.schema.${schema.direction}`, {
          live: schema.live ?? "–",
          backup: schema.backup ?? "–",
        })
      }</p>`}
    ${admins && html`<${Admins} admins=${admins} />`}
    ${covers && html`<${Covers} covers=${covers} />`}
    ${config.length > 0 && html`<${ConfigChanges} config=${config} />`}
    ${space.length > 0 && html`
      <h3>${t("preview.space")}</h3>
      <ul class="plain-list">${space.map((one) =>
        html`<li key=${one.volume}>
      <code>${one.volume}</code> <small>${
          t("preview.space_line", {
            needed: formatBytes(one.needed_bytes),
            free: formatBytes(one.free_bytes),
          })
        }</small></li>`
      )}</ul>
    `}
  `;
}

function Tables({ tables }) {
  const moved = tables.filter((one) => one.before !== one.after);
  const shown = moved.length > 0 ? moved : tables;
  return html`
    <h3>${t("preview.tables")}</h3>
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
        <tbody>${shown.map((one) =>
          html`
            <tr key=${one.name}>
              <td><code>${one.name}</code></td>
              <td class="num">${say(one.before)}</td>
              <td class="num">${say(one.after)}</td>
              <td class=${`num ${
                (one.after ?? 0) < (one.before ?? 0) ? "tone-danger" : ""
              }`}>${difference(one)}</td>
            </tr>
          `
        )}</tbody>
      </table>
    </div>
        ${moved.length === 0
          ? html`<p class="hint">${t("preview.same_counts")}</p>`
          : moved.length < tables.length &&
            html`<p class="hint">${
              t("preview.tables_same", { n: tables.length - moved.length })
            }</p>`}
  `;
}

const say = (count) => count === null ? "–" : formatNumber(count);

function difference({ before, after }) {
  const change = (after ?? 0) - (before ?? 0);
  return change === 0 ? "0" : change > 0 ? `+${formatNumber(change)}` : `−${formatNumber(-change)}`;
}

function Covers({ covers }) {
  const names = (kind) =>
    covers.first[kind].length > 0 && html`<li><strong>${t(`preview.covers.${kind}`)}</strong>
    ${covers.first[kind].map((name) => html`<code key=${name}>${name}</code>`)}
    ${
      covers[kind] > covers.first[kind].length &&
      html`<small>${
        t("detail.more", { n: formatNumber(covers[kind] - covers.first[kind].length) })
      }</small>`
    }</li>`;
  return html`
    <h3>${t("part.covers")}</h3>
    <ul class="counts">${["added", "changed", "removed", "unchanged"].map((kind) =>
      html`
        <li key=${kind}
          class=${kind === "removed" && covers.removed > 0
            ? "tone-danger"
            : ""}><strong>${formatNumber(covers[kind])}</strong> ${t(`preview.covers.${kind}`)}</li>
      `
    )}</ul>
    <ul class="names">${["added", "changed", "removed"].map(names)}</ul>
  `;
}

function ConfigChanges({ config }) {
  return html`
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
        <tbody>${config.map((one) =>
          html`
            <tr key=${one.key}>
              <td><code>${one.key}</code></td>
              <td><code>${one.before ?? "–"}</code></td>
              <td>${one.kept
                ? html`<em>${t("preview.kept")}</em>`
                : html`<code>${one.after ?? "–"}</code>`}</td>
            </tr>
          `
        )}</tbody>
      </table>
    </div>
  `;
}

function Admins({ admins }) {
  const lines = ["added", "removed", "password_changed"].filter((kind) => admins[kind].length > 0);
  if (lines.length === 0) return null;
  return html`<${Notice} tone="warn">${
    lines.map((kind) =>
      html`<p key=${kind}>${t(`preview.admins.${kind}`, { names: admins[kind].join(", ") })}</p>`
    )
  }<//>`;
}
