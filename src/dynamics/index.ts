import { layerFieldKind } from "./layerField.ts";

export { type LayerField, type LayerFieldOptions, layerField } from "./layerField.ts";

/** Every dynamics by kind. */
export const dynamicsKinds = { layerField: layerFieldKind };
