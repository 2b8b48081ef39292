/** Figures beside the square ones, drawn for a third of the page: their type stays readable there. */
export const SIZE = { width: 350, height: 350 } as const;
