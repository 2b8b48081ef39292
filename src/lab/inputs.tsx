/** Labelled inputs: a list, a number, a slider. */
import { useEffect, useId, useState } from "preact/hooks";

interface Labelled {
  label: string;
  /** A sentence for readers who wonder. */
  hint?: string | undefined;
}

export function Select<T extends string>({
  label,
  hint,
  value,
  choices,
  names,
  onChange,
}: Labelled & {
  value: T;
  choices: readonly T[];
  names?: Readonly<Record<string, string>>;
  onChange: (value: T) => void;
}) {
  const id = useId();
  const take = (text: string) => {
    const chosen = choices.find((choice) => choice === text);
    if (chosen !== undefined) onChange(chosen);
  };
  return (
    <div class="field" title={hint}>
      <label for={id}>{label}</label>
      <select id={id} value={value} onChange={(event) => take(event.currentTarget.value)}>
        {choices.map((choice) => (
          <option key={choice} value={choice} selected={choice === value}>
            {names?.[choice] ?? choice}
          </option>
        ))}
      </select>
    </div>
  );
}

/** A number that is typed; taken when it means something, with the reason while it does not. */
export function NumberInput({
  label,
  hint,
  value,
  range,
  parse,
  onChange,
}: Labelled & {
  value: number;
  /** What it may be, in words. */
  range: string;
  parse: (text: string) => number | undefined;
  onChange: (value: number) => void;
}) {
  const id = useId();
  const [text, setText] = useState(String(value));
  useEffect(() => setText(String(value)), [value]);
  const parsed = parse(text);
  const take = () => parsed !== undefined && parsed !== value && onChange(parsed);
  return (
    <div class="field" title={[hint, range].filter(Boolean).join("; ")}>
      <label for={id}>{label}</label>
      <input
        id={id}
        inputMode="decimal"
        autocomplete="off"
        value={text}
        aria-invalid={parsed === undefined}
        aria-describedby={parsed === undefined ? `${id}-why` : undefined}
        onInput={(event) => setText(event.currentTarget.value)}
        onChange={take}
        onKeyDown={(event) => {
          if (event.key === "Enter") take();
          if (event.key === "Escape") setText(String(value));
        }}
      />
      {parsed === undefined && (
        <p class="why" id={`${id}-why`} role="alert">
          {label}: {range}, not “{text}”. {value} still holds.
        </p>
      )}
    </div>
  );
}

export function Slider({
  label,
  value,
  shown,
  least,
  most,
  step = 1,
  disabled = false,
  onInput,
  onTouch,
}: Labelled & {
  value: number;
  /** The value as text, with its unit. */
  shown: string;
  least: number;
  most: number;
  step?: number;
  disabled?: boolean;
  onInput: (value: number) => void;
  /** The reader takes hold of it. */
  onTouch?: () => void;
}) {
  const id = useId();
  return (
    <div class="slider">
      <label for={id}>{label}</label>
      <output for={id}>{shown}</output>
      <input
        id={id}
        type="range"
        min={least}
        max={most}
        step={step}
        value={value}
        disabled={disabled}
        aria-valuetext={shown}
        onPointerDown={onTouch}
        onKeyDown={(event) => event.key !== "Tab" && onTouch?.()}
        onInput={(event) => onInput(Number(event.currentTarget.value))}
      />
    </div>
  );
}
