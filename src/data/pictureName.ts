/** True when the name ends as that of a PNG or a JPEG file does. */
export const isPictureName = (name: string): boolean => /\.(png|jpe?g)$/i.test(name);
