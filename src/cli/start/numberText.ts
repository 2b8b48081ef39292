/** 0.98765 as "98.77 %". */
export const percent = (fraction: number, digits = 2): string => `${(100 * fraction).toFixed(digits)} %`;

/** 51234.5 as "51,235", in every locale. */
export const count = (n: number): string => Math.round(n).toLocaleString("en-US");

/** 75.2 seconds as "1 min 15 s". */
export function duration(seconds: number): string {
  const whole = Math.ceil(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
