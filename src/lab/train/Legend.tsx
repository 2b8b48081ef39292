/** The colours of the classes. */
import { seriesColor, type Theme } from "../../plots/theme.ts";

export function Legend({ classes, theme }: { classes: readonly string[]; theme: Theme }) {
  return (
    <ul class="legend" aria-label="Classes">
      {classes.map((label, k) => (
        <li key={label} class={k < theme.series.length ? "" : "rimmed"} style={{ "--class": seriesColor(theme, k) }}>
          {label}
        </li>
      ))}
    </ul>
  );
}
