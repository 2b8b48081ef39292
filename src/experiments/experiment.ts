import type { FigureOptions } from "../plots/index.ts";

export interface RunOptions extends Pick<FigureOptions, "width" | "theme"> {
  /** Default 0. */
  seed?: number;
  /** Smaller data and fewer epochs: the same figures in seconds, for tests and first looks. Default false. */
  quick?: boolean;
}

/** What an experiment found: plain numbers for JSON, and figures as SVG text by name. */
export interface Findings {
  readonly numbers: Readonly<Record<string, unknown>>;
  readonly figures: Readonly<Record<string, string>>;
}

export interface Experiment {
  readonly name: string;
  readonly title: string;
  /** Two sentences: what to see. */
  readonly see: string;
  run(options?: RunOptions): Promise<Findings>;
}
