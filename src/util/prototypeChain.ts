/** An object and the prototypes behind it, nearest first. */
export function prototypeChain(object: object): readonly object[] {
  const prototype = Object.getPrototypeOf(object) as object | null
  return prototype === null ? [object] : [object, ...prototypeChain(prototype)]
}
