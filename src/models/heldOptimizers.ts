// Optimizers in the fields of a model, which steps of its class apply beside that of `compile`.

import { snakeCase } from '../layers/naming.ts'
import { Optimizer } from '../training/optimizer.ts'
import { isOptions } from '../util/options.ts'

export interface HeldOptimizer {
  /** The groups of a file in which Keras has its state, the outermost first: `first_optimizer`, or of a list `optimizers` and `adam_1`. */
  readonly path: readonly string[]
  readonly optimizer: Optimizer
  /** What sets its state at once, or with the first step that applies it, where it has none yet. */
  setting(setters: () => (() => void)[]): (() => void)[]
}

const settingOf = (optimizer: Optimizer): HeldOptimizer['setting'] => {
  return (setters) => {
    if (optimizer.built) return setters()
    return [
      () => {
        optimizer.restore = () => {
          for (const set of setters()) set()
        }
      },
    ]
  }
}

/** The optimizers in a model's fields, also in lists and records in them, each once. */
export function optimizersInFields(model: object): readonly HeldOptimizer[] {
  const found: HeldOptimizer[] = []
  const add = (value: unknown, path: readonly string[]): void => {
    if (value instanceof Optimizer && !found.some(({ optimizer }) => optimizer === value))
      found.push({ path, optimizer: value, setting: settingOf(value) })
  }
  for (const [field, value] of Object.entries(model)) {
    const name = snakeCase(field)
    add(value, [name])
    if (!Array.isArray(value) && !isOptions(value)) continue
    const counts = new Map<string, number>()
    for (const one of Object.values(value)) {
      if (!(one instanceof Optimizer)) continue
      const own = snakeCase(one.className)
      const count = counts.get(own) ?? 0
      counts.set(own, count + 1)
      add(one, [name, count === 0 ? own : `${own}_${count}`])
    }
  }
  return found
}
