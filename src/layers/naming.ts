// Default names of layers and models, as Keras makes them: `lstm`, `lstm_1`, …

const used = new Map<string, number>()

/** `TimeDistributed` → `time_distributed`, `Conv1D` → `conv1d`. */
export const snakeCase = (className: string): string =>
  className
    .replace(/\W+/g, '')
    .replace(/(.)([A-Z][a-z]+)/g, '$1_$2')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase()

/** The next free name of a class. */
export function autoName(className: string): string {
  const name = snakeCase(className)
  const count = used.get(name) ?? 0
  used.set(name, count + 1)
  return count === 0 ? name : `${name}_${count}`
}

/** Starts the counting of names again, as `keras.backend.clear_session()` does. */
export function clearSession(): void {
  used.clear()
}

/**
 * Calls a function whose layers are named as those of a program of their own, from the first name on. Layers behind it have names that
 * neither it nor what was made before has.
 *
 * @param taken Names that layers have which the function goes on with.
 */
export function withFreshNames<T>(taken: readonly string[], make: () => T): T {
  const before = [...used]
  used.clear()
  for (const name of taken) {
    const [, base = name, count = 0] = /^(.*?)(?:_(\d+))?$/.exec(name) ?? []
    used.set(base, Math.max(Number(count) + 1, used.get(base) ?? 0))
  }
  try {
    return make()
  } finally {
    for (const [name, count] of before) used.set(name, Math.max(count, used.get(name) ?? 0))
  }
}

/** Calls a function whose layers take no names from those that are made later. */
export function keepingNames<T>(make: () => T): T {
  const before = [...used]
  try {
    return make()
  } finally {
    used.clear()
    for (const [name, count] of before) used.set(name, count)
  }
}
