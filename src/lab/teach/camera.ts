/** The camera, while a component is there: pictures of it as files. */
import { useEffect, useRef, useState } from "preact/hooks";

/** Pixels along a side of a picture that is taken. */
const SIDE = 160;

export interface Camera {
  readonly on: boolean;
  readonly problem: string;
  /** Where it is seen. */
  readonly video: { current: HTMLVideoElement | null };
  turn(): void;
  /** The middle of what it sees; undefined while it sees nothing. */
  take(): Promise<Blob | undefined>;
}

export function useCamera(): Camera {
  const video = useRef<HTMLVideoElement>(null);
  const [on, setOn] = useState(false);
  const [problem, setProblem] = useState("");
  useEffect(() => {
    if (!on) return;
    let over = false;
    let stream: MediaStream | undefined;
    const end = (): void => {
      for (const track of stream?.getTracks() ?? []) track.stop();
    };
    void (async () => {
      try {
        if (!navigator.mediaDevices)
          throw new Error("this page may not use a camera: open it over HTTPS or on localhost");
        stream = await navigator.mediaDevices.getUserMedia({ video: { width: 320, height: 240 } });
        if (over) return end();
        if (video.current) {
          video.current.srcObject = stream;
          await video.current.play();
        }
      } catch (error) {
        if (over) return;
        setProblem(`Camera: ${error instanceof Error ? error.message : String(error)}. Files do as well.`);
        setOn(false);
      }
    })();
    return () => {
      over = true;
      end();
    };
  }, [on]);
  const take = async (): Promise<Blob | undefined> => {
    const from = video.current;
    if (!from || from.videoWidth === 0) return undefined;
    const canvas = new OffscreenCanvas(SIDE, SIDE);
    const side = Math.min(from.videoWidth, from.videoHeight);
    const [x, y] = [(from.videoWidth - side) / 2, (from.videoHeight - side) / 2];
    canvas.getContext("2d")?.drawImage(from, x, y, side, side, 0, 0, SIDE, SIDE);
    return canvas.convertToBlob({ type: "image/jpeg", quality: 0.9 });
  };
  return {
    on,
    problem,
    video,
    take,
    turn: () => {
      setProblem("");
      setOn(!on);
    },
  };
}
