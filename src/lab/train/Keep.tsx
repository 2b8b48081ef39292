/** What can be kept or shared: the model, the program, the address. */

import { useState } from "preact/hooks";
import { download } from "../download.ts";
import { FileInput } from "../FileInput.tsx";
import type { Bench } from "../session/bench.ts";
import { onnxOf, openModel } from "../session/files.ts";

export function Keep({ bench }: { bench: Bench }) {
  const { session } = bench;
  const [copied, setCopied] = useState("");
  const copy = async (what: string, text: string) => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(`${what} copied`);
    } catch {
      download(what === "Link" ? "address.txt" : "train.mjs", text, "text/plain"); // no clipboard here
      setCopied(`${what} saved as a file`);
    }
    setTimeout(() => setCopied(""), 6000);
  };
  const copyCode = async () => copy("Code for a file train.mjs", (await import("../code.ts")).codeOf(session.state));
  const save = async () => {
    const bytes = await session.model?.toBytes();
    if (bytes) download("model.safetensors", bytes, "application/octet-stream");
  };
  const saveOnnx = async () => {
    const bytes = await onnxOf(session);
    if (bytes) download("model.onnx", bytes, "application/octet-stream");
  };
  const open = async (file: File | undefined): Promise<void> => {
    if (file) await openModel(session, new Uint8Array(await file.arrayBuffer()));
  };
  return (
    <section class="panel share" aria-label="Keep and share">
      <h2>Keep and share</h2>
      <button type="button" onClick={() => void save()}>
        Save model
      </button>
      <FileInput label="Open model" accept=".safetensors" onFiles={([file]) => void open(file)} />
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
    </section>
  );
}
