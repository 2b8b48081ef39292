/** The text of standalone.ts with all that it needs: the build puts it here. */
export const text: string | undefined = undefined;
