/** Pictures for as long as a run lasts. */

/** Milliseconds between two pictures at least; more where a picture takes long, so that training gets most of the time. */
const PICTURE = 80;
const SHARE = 4;
/** Pictures from one look into the depth to the next. */
export const DEPTH_EVERY = 4;

/** `worked` is how long the worker needed for the last picture. */
export async function watch(done: Promise<unknown>, look: () => Promise<void>, worked: () => number): Promise<void> {
  let over = false;
  void done.then(() => {
    over = true;
  });
  while (!over) {
    const start = performance.now();
    if (!document.hidden) await look().catch(() => {});
    const took = performance.now() - start;
    await new Promise((resolve) => setTimeout(resolve, Math.max(PICTURE - took, SHARE * worked())));
  }
}
