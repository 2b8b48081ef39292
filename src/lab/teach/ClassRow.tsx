/** One class: its name, how many pictures it has, and ways to add some. */
import { FileInput } from "../FileInput.tsx";
import type { Taught } from "./Teach.tsx";

interface ClassRowProps {
  taught: Taught;
  /** Whether the camera is on. */
  camera: boolean;
  onName: (name: string) => void;
  onFiles: (files: readonly File[]) => void;
  onHold: (held: boolean) => void;
  onEmpty: () => void;
}

export function ClassRow({ taught: { name, pictures }, camera, onName, onFiles, onHold, onEmpty }: ClassRowProps) {
  const held = (event: KeyboardEvent, is: boolean) => {
    if (event.key !== " " && event.key !== "Enter") return;
    event.preventDefault();
    onHold(is);
  };
  return (
    <div class="class-row">
      <input
        aria-label={`Name of the class ${name}`}
        value={name}
        onInput={(event) => onName(event.currentTarget.value)}
      />
      <span class="count">
        {pictures.length} picture{pictures.length === 1 ? "" : "s"}
      </span>
      <button
        type="button"
        disabled={!camera}
        aria-label={`Hold to take pictures of ${name}`}
        title={camera ? "Hold to take pictures" : "Turn the camera on first"}
        onPointerDown={() => onHold(true)}
        onPointerUp={() => onHold(false)}
        onPointerLeave={() => onHold(false)}
        onKeyDown={(event) => held(event, true)}
        onKeyUp={(event) => held(event, false)}
        onBlur={() => onHold(false)}
      >
        Hold to take
      </button>
      <FileInput label="Files" accept="image/*" multiple about={`Picture files of ${name}`} onFiles={onFiles} />
      <button type="button" class="link" disabled={pictures.length === 0} onClick={onEmpty}>
        Empty
      </button>
    </div>
  );
}
