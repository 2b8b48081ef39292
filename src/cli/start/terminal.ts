/** What the place we print to can show. */
export interface Terminal {
  /** Characters in a line. */
  readonly columns: number;
  /** Whether colours are wanted. */
  readonly colour: boolean;
  /** Whether a line can be drawn over: false in a file or a pipe, and where the width is not known. */
  readonly live: boolean;
}

interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** NO_COLOR set to anything switches colours off (no-color.org), FORCE_COLOR switches them on where there is no terminal. */
export function terminalOf(output: Output, env: Record<string, string | undefined>): Terminal {
  const able = output.isTTY === true && env.TERM !== "dumb";
  const forced = env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== "0";
  return {
    columns: output.columns || 80,
    colour: !env.NO_COLOR && (able || forced),
    live: able && output.columns !== 0,
  };
}
