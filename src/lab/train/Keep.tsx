/** What can be kept or shared: the model, the program, the address. */
import { useState } from "preact/hooks";
import { download } from "../download.ts";
import type { Session } from "../session/session.ts";

export function Keep({ session }: { session: Session }) {
  const [copied, setCopied] = useState("");
  const copy = async (what: string, text: string) => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(`${what} copied`);
    } catch {
      download(what === "Code" ? "train.ts" : "address.txt", text, "text/plain"); // no clipboard here
      setCopied(`${what} saved as a file`);
    }
    setTimeout(() => setCopied(""), 2500);
  };
  const copyCode = async () => copy("Code", (await import("../code.ts")).codeOf(session.state));
  const save = async () => {
    const bytes = await session.save();
    if (bytes) download("model.safetensors", bytes, "application/octet-stream");
  };
  const saveOnnx = async () => {
    const bytes = await session.onnx();
    if (bytes) download("model.onnx", bytes, "application/octet-stream");
  };
  return (
    <div class="share">
      <button type="button" onClick={() => void save()}>
        Save model
      </button>
      <label class="file">
        Open model
        <input
          type="file"
          accept=".safetensors"
          onChange={async (event) => {
            const file = event.currentTarget.files?.[0];
            event.currentTarget.value = "";
            if (file) await session.load(new Uint8Array(await file.arrayBuffer()));
          }}
        />
      </label>
      <button type="button" onClick={() => void saveOnnx()}>
        Save as ONNX
      </button>
      <button type="button" onClick={() => void copyCode()}>
        Copy as code
      </button>
      <button type="button" onClick={() => void copy("Link", location.href)}>
        Copy link
      </button>
      <span role="status">{copied}</span>
    </div>
  );
}
