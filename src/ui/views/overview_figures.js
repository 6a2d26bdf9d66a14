import { view } from "../dom.js";
import { Chart } from "../components/chart.js";
import { Skeleton } from "../components/notice.js";
import { formatBytes, percent } from "../format.js";
import { t } from "../i18n/mod.js";
import { useStore } from "../store.js";

/** Free space against what the next backup is expected to need. */
export function Space() {
  const { loaded, stats } = useStore();
  return view`<section class="card" aria-labelledby="space-title">
    <h2 id="space-title">${t("space.title")}</h2>
    ${loaded ? view`<${SpaceFigures} stats=${stats} />` : view`<${Skeleton} lines=${4} />`}
  </section>`;
}

function SpaceFigures({ stats }) {
  const { free_bytes, total_bytes, predicted_bytes, reserve_bytes } = stats;
  const used = percent(total_bytes - free_bytes, total_bytes);
  const tight = free_bytes < predicted_bytes + reserve_bytes;
  return view`
    <p class="big-number">${formatBytes(free_bytes)}
          <small>${t("space.free_of", { total: formatBytes(total_bytes) })}</small></p>
    <meter class=${tight ? "meter-tight" : ""} min="0" max="100" value=${used}
      aria-label=${t("space.used", { percent: used })}></meter>
    <dl class="pairs">
      <div>
        <dt>${t("space.predicted")}</dt>
        <dd>${formatBytes(predicted_bytes)}</dd>
      </div>
      <div>
        <dt>${t("space.reserve")}</dt>
        <dd>${formatBytes(reserve_bytes)}</dd>
      </div>
      <div>
        <dt>${t("space.verdict")}</dt>
        <dd class=${tight ? "tone-danger" : "tone-ok"}>${
    t(
      tight ? "space.too_little" : "space.enough",
    )
  }</dd>
      </div>
    </dl>
  `;
}

/** Sizes of backups and free space over time. */
export function Charts() {
  const { loaded, stats } = useStore();
  const history = stats?.history ?? [];
  const free = history.filter((point) => point.free_bytes !== null);
  return view`
    <${ChartCard} id="sizes" title=${
    t(
      "chart.sizes",
    )
  } ready=${loaded} points=${history} value="file_size"
      shape="bars" />
    <${ChartCard} id="free" title=${
    t(
      "chart.free",
    )
  } ready=${loaded} points=${free} value="free_bytes"
      shape="line" />
  `;
}

function ChartCard({ id, title, ready, points, value, shape }) {
  const values = points.map((point) => point[value]);
  const latest = values.at(-1);
  return view`<section class="card card-chart" aria-labelledby=${`${id}-title`}>
    <h2 id=${`${id}-title`}>${title}${
    latest !== undefined && view`<small>${formatBytes(latest)}</small>`
  }</h2>
    ${
    !ready
      ? view`<${Skeleton} lines=${4} />`
      : points.length < 2
      ? view`<p class="chart-empty">${t("chart.too_few")}</p>`
      : view`
        <${Chart} label=${
        t("chart.label", {
          title,
          n: points.length,
          low: formatBytes(Math.min(...values)),
          high: formatBytes(Math.max(...values)),
          latest: formatBytes(latest),
        })
      } times=${points.map((point) => Math.floor(Date.parse(point.created_at_utc) / 1000))}
          values=${values} format=${formatBytes} shape=${shape} />
      `
  }
  </section>`;
}
