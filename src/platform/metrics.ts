// What is counted, for Prometheus: requests, calls to providers, the work that is waiting, and the process itself. One
// registry an app, so that two of them in one process do not meet. Labels are patterns and codes, never ids.
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Answered } from './http/request-line.ts';

export type Metrics = {
  readonly contentType: string;
  /** The text to be scraped. */
  text(): Promise<string>;
  readonly onAnswered: Answered;
  providerCall(call: ProviderCall): void;
  /** Adds a gauge whose values are asked for at each scrape. A source that fails leaves its gauge out. */
  gauge(name: string, help: string, labels: readonly string[], read: ReadGauge): void;
  /** Adds a counter, for example of letters by outcome. */
  counter<Label extends string>(
    name: string,
    help: string,
    labels: readonly Label[],
  ): (labels: Readonly<Record<Label, string>>) => void;
};

export type ProviderCall = {
  readonly provider: string;
  readonly operation: string;
  readonly outcome: string;
  readonly seconds: number;
};

export type ReadGauge = () => Promise<readonly GaugeValue[]> | readonly GaugeValue[];

export type GaugeValue = { readonly value: number; readonly labels?: Readonly<Record<string, string>> };

/** From a cached read to the longest a booking may wait for its meeting, in seconds. */
const REQUEST_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const PROVIDER_BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
/** Methods by name; whatever else someone sends shares one label. */
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

export function createMetrics(options: { readonly ofProcess?: boolean } = {}): Metrics {
  const registry = new Registry();
  const registers = [registry];
  if (options.ofProcess ?? true) collectDefaultMetrics({ register: registry });
  const requests = new Histogram({
    name: 'slotkeeper_http_request_seconds',
    help: 'Time from the first byte of a request to the last of its answer',
    labelNames: ['method', 'route', 'status'],
    buckets: REQUEST_BUCKETS,
    registers,
  });
  const calls = new Histogram({
    name: 'slotkeeper_provider_call_seconds',
    help: 'Calls to calendar, video and mail providers',
    labelNames: ['provider', 'operation', 'outcome'],
    buckets: PROVIDER_BUCKETS,
    registers,
  });
  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    onAnswered: (method, route, status) => {
      const child = requests.labels({ method: METHODS.has(method) ? method : 'other', route, status: String(status) });
      return (seconds) => child.observe(seconds);
    },
    providerCall: ({ seconds, ...labels }) => calls.observe(labels, seconds),
    gauge: (name, help, labels, read) => addGauge(registry, { name, help, labelNames: [...labels] }, read),
    counter: (name, help, labels) => {
      const counter = new Counter({ name, help, labelNames: [...labels], registers });
      return (values) => counter.inc(values);
    },
  };
}

function addGauge(
  registry: Registry,
  about: { readonly name: string; readonly help: string; readonly labelNames: string[] },
  read: ReadGauge,
): void {
  void new Gauge({
    ...about,
    registers: [registry],
    async collect() {
      this.reset();
      const values = await Promise.resolve()
        .then(read)
        .catch(() => []);
      for (const { value, labels } of values) {
        if (labels) this.set(labels, value);
        else this.set(value);
      }
    },
  });
}
