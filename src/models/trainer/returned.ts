// What calls of a model resolve to, as types.

import type { LossLogs } from '../../training/callbacks.ts'
import type { Tensor } from '../../util/tensor.ts'

/** The loss and metrics by name. */
export type NamedResults = LossLogs

/**
 * A number where there is only a loss, else the loss and metrics in the order of `metricsNames`. What a model is compiled for says which, and no
 * type knows that: this one can be used as both, `const loss = …` and `const [loss, accuracy] = …`.
 */
export type ResultList = number & number[]

/** The loss and metrics: by name, or as {@link ResultList}. */
export type Results<Named extends boolean = boolean> = Named extends true ? NamedResults : ResultList

/** What `predict` may resolve to. */
export type Predicted = Tensor | readonly (Tensor | Tensor[])[] | Readonly<Record<string, Tensor | Tensor[]>>
