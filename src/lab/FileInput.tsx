/** A button that asks for files of the reader's. */
export function FileInput({
  label,
  accept,
  multiple = false,
  folder = false,
  about,
  onFiles,
}: {
  label: string;
  accept?: string;
  multiple?: boolean;
  /** Asks for all files of a folder. */
  folder?: boolean;
  /** For those who do not see what stands around it. */
  about?: string;
  /** Called with none where the choice is cancelled. */
  onFiles(files: readonly File[]): unknown;
}) {
  return (
    <label class="file">
      {label}
      <input
        type="file"
        {...(accept === undefined ? {} : { accept })}
        {...(folder ? { webkitdirectory: true } : {})}
        {...(multiple ? { multiple } : {})}
        {...(about === undefined ? {} : { "aria-label": about })}
        onChange={(event) => {
          const files = Array.from(event.currentTarget.files ?? []);
          event.currentTarget.value = ""; // the same file may be chosen again
          onFiles(files);
        }}
      />
    </label>
  );
}
