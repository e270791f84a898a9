// Files that a text writes and reads again: a model that it saved, or of which a callback keeps the best, is that model. Files of
// elsewhere are not read.

import type { LayersModel } from '../models/model.ts'
import { Unknown, type Value } from '../python/values.ts'

/** What a text calls a file: its path, or the words for a path that is not known; null where these may mean several. */
const nameOf = (path: Value): string | null => {
  if (typeof path === 'string') return path
  if (!(path instanceof Unknown) || path.word.includes('…')) return null
  return path.pattern ?? `${path.word}?`
}

export class Files {
  readonly #models = new Map<string, LayersModel>()
  /** Names of checkpoints, in which epochs and metrics may be left open. */
  readonly #checkpoints: RegExp[] = []

  /** The text saves a model, or its weights. */
  save(path: Value, model: LayersModel): void {
    const name = nameOf(path)
    if (name !== null) this.#models.set(name, model)
  }

  /** The text makes a callback that saves what is trained. */
  keep(path: Value): void {
    const parts = nameOf(path)?.split(/\{\w+(?::[^{}]*)?\}/) ?? []
    const escaped = parts.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    if (escaped.length > 0) this.#checkpoints.push(new RegExp(`^${escaped.join('.*')}$`))
  }

  /** The model that the text wrote to a file; null for files of elsewhere. */
  find(path: Value, trained: LayersModel | null): LayersModel | null {
    const name = nameOf(path)
    if (name === null) return null
    const saved = this.#models.get(name)
    if (saved) return saved
    return this.#checkpoints.some((pattern) => pattern.test(name)) ? trained : null
  }
}
