import { useEffect, useRef, view } from "../dom.js";
import { theme } from "../preferences.js";
import { timeZone } from "../format.js";

/**
 * A small chart, one step for each backup. Drawn when the library has arrived; its place is kept before.
 *
 * @param {{label: string, times: number[], values: (number | null)[], format: (value: number) => string,
 *   shape: "bars" | "line"}} props `times` in seconds, ascending.
 */
export function Chart({ label, times, values, format, shape }) {
  const box = useRef(null);
  const look = theme();
  useEffect(() => {
    let chart = null;
    let watcher = null;
    let gone = false;
    void import("../vendor/uplot.js").then(({ default: UPlot }) => {
      if (gone || box.current === null) return;
      const options = chartOptions(UPlot, box.current, { times, shape, format });
      chart = new UPlot(options, [times.map((_, index) => index), values], box.current);
      watcher = new ResizeObserver(([entry]) =>
        chart.setSize({ width: entry.contentRect.width, height: options.height })
      );
      watcher.observe(box.current);
    }).catch(() => {}); // Out of reach: the figures beside it say the same, and the next drawing tries again.
    return () => {
      gone = true;
      watcher?.disconnect();
      chart?.destroy();
    };
  }, [times.join(), values.join(), look, document.documentElement.lang]);
  return view`<div class="chart" role="img" aria-label=${label} ref=${box}></div>`;
}

/** Round steps of an axis of bytes: 1, 2 or 5, tens and hundreds of them, of each unit. */
const BYTE_STEPS = [0, 1, 2, 3, 4].flatMap((unit) =>
  [1, 2, 5, 10, 20, 50, 100, 200, 500].map((step) => step * 1024 ** unit)
);

function chartOptions(UPlot, box, { times, shape, format }) {
  const style = getComputedStyle(document.documentElement);
  // A canvas knows no variables, and the text of one is a choice between two colours.
  const color = (name) => {
    box.style.color = `var(${name})`;
    const found = getComputedStyle(box).color;
    box.style.color = "";
    return found;
  };
  const accent = color(shape === "bars" ? "--accent" : "--chart-2");
  const axis = {
    stroke: color("--text-2"),
    font: `${Math.round(parseFloat(style.fontSize) * 0.69)}px ${style.fontFamily}`,
    ticks: { show: false },
  };
  const bars = shape === "bars" ? { paths: UPlot.paths.bars({ size: [0.55, 22] }) } : {};
  return {
    width: box.clientWidth,
    height: box.clientHeight,
    padding: [10, 6, 0, 0],
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { time: false, range: [-0.6, times.length - 0.4] },
      y: { range: (_, __, max) => [0, max > 0 ? max * 1.08 : 1] },
    },
    axes: [
      {
        ...axis,
        size: 28,
        grid: { show: false },
        space: 64,
        incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500],
        values: (_, ticks) => ticks.map((index) => times[index] ? sayDay(times[index]) : ""),
      },
      {
        ...axis,
        size: 62,
        space: 34,
        incrs: BYTE_STEPS,
        grid: { stroke: color("--line"), width: 1 },
        values: (_, ticks) => ticks.map((tick) => format(tick)),
      },
    ],
    series: [{}, {
      stroke: accent,
      width: 2,
      fill: `color-mix(in srgb, ${accent} ${shape === "bars" ? "70%" : "14%"}, transparent)`,
      points: { show: shape === "line", size: 5, fill: accent },
      spanGaps: true,
      ...bars,
    }],
  };
}

function sayDay(seconds) {
  return new Intl.DateTimeFormat(document.documentElement.lang, {
    timeZone: timeZone(),
    month: "numeric",
    day: "numeric",
  }).format(new Date(seconds * 1000));
}
