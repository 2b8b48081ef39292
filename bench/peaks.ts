// Does training separate the five classes of "peaks"? Accuracy on fresh points for ten seeds; fails below 97 %.
//   npm run bench -- peaks [first seed] [last seed]
import { LEAST, learnPeaks } from "../test/training/learnPeaks.ts";

const [first = 1, last = 10] = process.argv.slice(2).map(Number);
let worst = 1;
console.log("seed  fresh points  time");
for (let seed = first; seed <= last; seed++) {
  const start = performance.now();
  const accuracy = await learnPeaks(seed);
  worst = Math.min(worst, accuracy);
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`${String(seed).padStart(4)}  ${(100 * accuracy).toFixed(2).padStart(10)} %  ${seconds} s`);
}
console.log(`worst ${(100 * worst).toFixed(2)} %, expected at least ${100 * LEAST} %`);
process.exitCode = worst < LEAST ? 1 : 0;
