/** A square canvas in the colours of a theme, sharp on every screen. */
import { useEffect, useRef } from "preact/hooks";

/** `draw` gets a context in which the square is `size` × `size`, y upwards left to the caller. */
export function useCanvas(draw: (context: CanvasRenderingContext2D, size: number) => void) {
  const ref = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const canvas = ref.current;
    const context = canvas?.getContext("2d");
    if (!canvas || !context) return;
    const size = canvas.clientWidth;
    const pixels = Math.round(size * Math.min(2, devicePixelRatio));
    if (canvas.width !== pixels) canvas.width = canvas.height = pixels;
    context.setTransform(pixels / size, 0, 0, pixels / size, 0, 0);
    context.clearRect(0, 0, size, size);
    draw(context, size);
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
