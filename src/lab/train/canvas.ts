/** A canvas in the colours of a theme, sharp on every screen. */
import { useEffect, useRef, useState } from "preact/hooks";

/** `draw` gets a context of `width` × `height`, y upwards left to the caller. */
export function useCanvas(draw: (context: CanvasRenderingContext2D, width: number, height: number) => void) {
  const ref = useRef<HTMLCanvasElement>(null);
  const [, sized] = useState("");
  useEffect(() => {
    const canvas = ref.current;
    if (!canvas) return;
    const watcher = new ResizeObserver(() => sized(`${canvas.clientWidth} ${canvas.clientHeight}`));
    watcher.observe(canvas);
    return () => watcher.disconnect();
  }, []);
  useEffect(() => {
    const canvas = ref.current;
    const context = canvas?.getContext("2d");
    if (!canvas || !context) return;
    const [width, height] = [canvas.clientWidth, canvas.clientHeight];
    if (width === 0 || height === 0) return; // not shown
    const sharpness = Math.min(2, devicePixelRatio);
    const [columns, rows] = [Math.round(width * sharpness), Math.round(height * sharpness)];
    if (canvas.width !== columns || canvas.height !== rows) {
      canvas.width = columns;
      canvas.height = rows;
    }
    context.setTransform(columns / width, 0, 0, rows / height, 0, 0);
    context.clearRect(0, 0, width, height);
    draw(context, width, height);
  });
  return ref;
}

export function dot(context: CanvasRenderingContext2D, x: number, y: number, r: number, fill: string, rim: string) {
  context.beginPath();
  context.arc(x, y, r, 0, 2 * Math.PI);
  context.fillStyle = fill;
  context.fill();
  context.lineWidth = 0.8;
  context.strokeStyle = rim;
  context.stroke();
}
