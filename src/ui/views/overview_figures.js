import { view } from "../dom.js";
import { Chart } from "../components/chart.js";
import { Skeleton } from "../components/notice.js";
import { formatBytes, percent } from "../format.js";
import { t } from "../i18n/mod.js";
import { useStore } from "../store.js";

/** Free space against what the next backup is expected to need. */
export function Space() {
  const { loaded, stats } = useStore();
  return view`
    <section class="card" aria-labelledby="space-title">
      <h2 id="space-title">${t("space.title")}</h2>
      ${loaded ? view`<${SpaceFigures} stats=${stats} />` : view`<${Skeleton} lines=${4} />`}
    </section>`;
}

function SpaceFigures({ stats }) {
  const { free_bytes, total_bytes, predicted_bytes, reserve_bytes } = stats;
  const used = percent(total_bytes - free_bytes, total_bytes);
  const tight = free_bytes < predicted_bytes + reserve_bytes;
  const verdict = t(tight ? "space.too_little" : "space.enough");
  return view`
    <p class="big-number">
      ${formatBytes(free_bytes)}
      <small>${t("space.free_of", { total: formatBytes(total_bytes) })}</small>
    </p>
    <meter class=${tight ? "meter-tight" : ""} min="0" max="100" value=${used}
      aria-label=${t("space.used", { percent: used })}></meter>
    <dl class="pairs">
      <div><dt>${t("space.predicted")}</dt><dd>${formatBytes(predicted_bytes)}</dd></div>
      <div><dt>${t("space.reserve")}</dt><dd>${formatBytes(reserve_bytes)}</dd></div>
      <div>
        <dt>${t("space.verdict")}</dt>
        <dd class=${tight ? "tone-danger" : "tone-ok"}>${verdict}</dd>
      </div>
    </dl>`;
}

/** Sizes of backups and free space over time. */
export function Charts() {
  const history = useStore().stats?.history ?? null;
  const sizes = history?.map(({ created_at_utc: at, file_size: bytes }) => ({ at, bytes }));
  const free = history?.map(({ created_at_utc: at, free_bytes: bytes }) => ({ at, bytes }))
    .filter(({ bytes }) => bytes !== null);
  return view`
    <${ChartCard} id="sizes" title=${t("chart.sizes")} points=${sizes} shape="bars" />
    <${ChartCard} id="free" title=${t("chart.free")} points=${free} shape="line" />`;
}

/** `points` is absent while they are loading. */
function ChartCard({ id, title, points, shape }) {
  const latest = points?.at(-1);
  return view`
    <section class="card" aria-labelledby=${`${id}-title`}>
      <h2 id=${`${id}-title`}>
        ${title}${latest && view`<small>${formatBytes(latest.bytes)}</small>`}
      </h2>
      ${points === undefined && view`<${Skeleton} lines=${4} />`}
      ${points?.length < 2 && view`<p class="chart-empty">${t("chart.too_few")}</p>`}
      ${points?.length >= 2 && view`<${Drawn} title=${title} points=${points} shape=${shape} />`}
    </section>`;
}

function Drawn({ title, points, shape }) {
  const times = points.map(({ at }) => Date.parse(at) / 1000);
  const values = points.map(({ bytes }) => bytes);
  const label = t("chart.label", {
    title,
    n: values.length,
    low: formatBytes(Math.min(...values)),
    high: formatBytes(Math.max(...values)),
    latest: formatBytes(values.at(-1)),
  });
  return view`
    <${Chart} label=${label} times=${times} values=${values} format=${formatBytes} shape=${shape} />`;
}
