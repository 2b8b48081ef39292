/** What went wrong, in words: of an error its message. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
