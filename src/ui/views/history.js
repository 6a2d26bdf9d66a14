import { useState, view } from "../dom.js";
import { t } from "../i18n/mod.js";
import { AuditList } from "./audit_list.js";
import { JobList } from "./job_list.js";

/** What was done, by whom, with what result. */
export function HistoryView() {
  const [tab, setTab] = useState("jobs");
  const choice = (name) =>
    view`
      <button type="button" key=${name} aria-pressed=${tab === name} onClick=${() => setTab(name)}>
        ${t(`history.${name}`)}
      </button>`;
  return view`
    <div class="history">
      <header class="view-head">
        <div>
          <h1 tabindex="-1">${t("nav.history")}</h1>
          <p>${t("history.lead")}</p>
        </div>
      </header>
      <div class="segments" role="group" aria-label=${t("history.which")}>
        ${["jobs", "audit"].map(choice)}
      </div>
      ${tab === "jobs" ? view`<${JobList} />` : view`<${AuditList} />`}
    </div>`;
}
