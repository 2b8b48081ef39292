/** What went wrong, in words: of an error its message. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** What the system calls an error, as "ENOENT". */
export const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
