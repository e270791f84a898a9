// The places of a model's variables in arenas. Weights, gradients and optimizer slots have the same offsets, so that one launch
// updates all weights. Tables, of which an update may write rows alone, lie behind the other weights.

import { fail } from '../errors.ts'
import { alignPlace, PLACE_ALIGNMENT, type Place } from '../graph/graph.ts'
import type { Variable } from '../layers/weights/variable.ts'
import { sizeOf } from '../util/shape.ts'
import type { Trained } from './trained.ts'

export class Layout {
  readonly #sizes = new Map<string, number>()
  readonly #places = new Map<Variable, Place>()
  /** Offset in `totals` of the number of successive steps that a loss scale skipped, behind the state of losses and metrics. */
  readonly placeOfSkipped: number

  /** @param measured Words of the state of losses and metrics. */
  constructor(variables: readonly Variable[], trained: Pick<Trained, 'has'>, measured: number) {
    for (const variable of [...variables].sort((a, b) => (a.history ?? 0) - (b.history ?? 0))) {
      const { offset } = this.place(variable, arenaOf(variable, trained))
      if (variable.history) this.#sizes.set(`history:${offset}`, variable.history)
    }
    this.#sizes.set('gradients', this.sizeOf('parameters'))
    this.#sizes.set('totals', measured + PLACE_ALIGNMENT)
    this.placeOfSkipped = measured
  }

  /** Places a variable behind those of an arena. */
  place(variable: Variable, arena: string): Place {
    const place = { arena, offset: this.sizeOf(arena) }
    this.#places.set(variable, place)
    this.#sizes.set(arena, place.offset + alignPlace(sizeOf(variable.shape)))
    return place
  }

  get places(): ReadonlyMap<Variable, Place> {
    return this.#places
  }

  /** Floats of each arena. */
  get sizes(): ReadonlyMap<string, number> {
    return this.#sizes
  }

  placeOf(variable: Variable): Place {
    const place = this.#places.get(variable)
    if (place) return place
    return fail(variable.path, {
      expected: 'a weight of the model that uses it',
      got: 'one of a layer outside',
      remedy: 'Hold its layer in a field of the layer that uses it.',
    })
  }

  /** Floats of an arena. */
  sizeOf(arena: string): number {
    return this.#sizes.get(arena) ?? 0
  }
}

function arenaOf(variable: Variable, trained: Pick<Trained, 'has'>): string {
  const { kind, slot } = variable
  if (kind === 'slot') return `optimizer:${slot}`
  if (kind === 'state') return 'states'
  if (kind === 'statistic') return 'statistics'
  return trained.has(variable) ? 'parameters' : 'frozen'
}
