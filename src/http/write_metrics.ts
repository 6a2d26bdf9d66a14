/** One gauge. */
export interface Metric {
  readonly name: string;
  /** One line. */
  readonly help: string;
  /** `null`: unknown, and left out. */
  readonly value: number | null;
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * Writes gauges in Prometheus' text format.
 *
 * @see https://prometheus.io/docs/instrumenting/exposition_formats/
 */
export function writeMetrics(metrics: readonly Metric[]): string {
  return metrics.filter(({ value }) => value !== null).map(({ name, help, value, labels }) => {
    const pairs = Object.entries(labels).map(([key, text]) => `${key}="${escapeLabel(text)}"`);
    const suffix = pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
    return `# HELP ${name} ${help}\n# TYPE ${name} gauge\n${name}${suffix} ${value}\n`;
  }).join("");
}

function escapeLabel(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
