import { useEffect, useState, view } from "../dom.js";
import { api } from "../api.js";
import { FilterBar } from "../components/filter_bar.js";
import { LogList, LogRow } from "../components/log_list.js";
import { Notice } from "../components/notice.js";
import { Moment } from "../components/time.js";
import { has, t } from "../i18n/mod.js";
import { holdsWords } from "../search_text.js";
import { useStore } from "../store.js";

const RESULTS = ["all", "ok", "refused", "failed"];

/** Who did what, from where, with what result. */
export function AuditList() {
  const { jobs, returns } = useStore();
  const [entries, setEntries] = useState(null);
  const [problem, setProblem] = useState("");
  const [result, setResult] = useState("all");
  const [words, setWords] = useState("");
  useEffect(() => {
    api.audit().then(
      (found) => (setEntries(found), setProblem("")),
      (error) => setProblem(error.message),
    );
  }, [jobs.length, returns]);
  if (problem) return view`<${Notice} tone="danger" alert>${problem}</${Notice}>`;
  const found = (entries ?? [])
    .filter((entry) => result === "all" || entry.result === result)
    .filter((entry) => holdsWords(textOf(entry).toLowerCase(), words));
  const options = RESULTS.map((value) => ({ value, text: t(`audit.result.${value}`) }));
  const row = (entry, index) => view`<${AuditRow} key=${index} entry=${entry} />`;
  return view`
    <${FilterBar} label=${
    t("history.filter")
  } options=${options} chosen=${result} onChoose=${setResult}
      search=${t("history.search")} words=${words} onWords=${setWords} />
    <${LogList} items=${entries === null ? null : found} filter=${`${result} ${words}`} row=${row}
      label=${t("history.audit")} empty=${t("history.no_audit")} />`;
}

function textOf(entry) {
  return [entry.actor, actionWords(entry), entry.target, entry.detail, entry.peer].join(" ");
}

function AuditRow({ entry }) {
  const { result, target, detail, actor, peer, at } = entry;
  return view`
    <${LogRow} result=${result} words=${t(`audit.result.${result}`)} title=${actionWords(entry)}
      target=${target && view`<code>${target}</code>`} when=${view`<${Moment} at=${at} />`}
      who=${peer ? `${actor} · ${peer}` : actor}>
      ${detail && view`<small>${detail}</small>`}
    </${LogRow}>`;
}

function actionWords(entry) {
  const key = `audit.action.${entry.action}`;
  return has(key) ? t(key) : entry.action;
}
