// What calls of a model resolve to, as types.

import type { LossLogs } from '../../training/callbacks.ts'
import type { Tensor } from '../../util/tensor.ts'

/** The loss and metrics by name. */
export type NamedResults = LossLogs

/** The loss and metrics: by name, in the order of `metricsNames`, or the only one. */
export type Results<Named extends boolean = boolean> = Named extends true ? NamedResults : number | number[]

/** What `predict` may resolve to. */
export type Predicted = Tensor | readonly (Tensor | Tensor[])[] | Readonly<Record<string, Tensor | Tensor[]>>
