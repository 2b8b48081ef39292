/** An equation as mathematics, from how it is written in a line: ẏ = σ(K y + b). What is learnt stands out from what is carried. */
import type { VNode } from "preact";

/** A letter with a dot or two, an index, a transpose; or a sign. */
const TOKEN = /([A-Za-zσγθ])([\u0307\u0308])?([₁₂])?(ᵀ)?|[^\s]/gu;

const INDICES: Readonly<Record<string, string>> = { "₁": "1", "₂": "2" };
const LEARNT = new Set(["K", "b", "W", "θ"]);
const CARRIED = new Set(["y", "z"]);

/** As text: a boolean would leave the attribute out, and brackets would grow with what is between them. */
const UNSTRETCHED = { stretchy: "false" } as object;

export function Equation({ text }: { text: string }) {
  return <math aria-label={text}>{[...text.normalize("NFD").matchAll(TOKEN)].map((match) => tokenOf(match))}</math>;
}

function tokenOf([sign, letter, dots, index, transposed]: RegExpMatchArray): VNode {
  if (!letter) return sign === "," ? <mo separator>,</mo> : <mo {...UNSTRETCHED}>{sign}</mo>;
  const name = LEARNT.has(letter) ? "learnt" : CARRIED.has(letter) ? "carried" : undefined;
  let found = <mi class={name}>{letter}</mi>;
  if (dots) {
    found = (
      <mover accent>
        {found}
        <mo>{dots === "\u0307" ? "˙" : "¨"}</mo>
      </mover>
    );
  }
  const below = index && <mn>{INDICES[index]}</mn>;
  const above = transposed && <mi mathvariant="normal">T</mi>;
  if (below && above) {
    return (
      <msubsup>
        {found}
        {below}
        {above}
      </msubsup>
    );
  }
  if (below) {
    return (
      <msub>
        {found}
        {below}
      </msub>
    );
  }
  if (!above) return found;
  return (
    <msup>
      {found}
      {above}
    </msup>
  );
}
