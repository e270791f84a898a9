/** A name in camelCase as Python has it, each capital by itself: `fitTransform` → `fit_transform`. */
export const underscored = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
