// What the class of a layer consists of.

import type { Shape } from '../util/shape.ts'
import type { Layer } from './layer.ts'
import type { layerOptions } from './options.ts'
import type { Initializer } from './weights/initializer.ts'
import type { Variable } from './weights/variable.ts'

/** A group of weights in a file: the layer's own variables, and its parts by name, or a list of layers, which files number by class. */
export interface WeightGroup {
  /** The name of a layer that is the group. */
  readonly name?: string
  readonly variables: readonly Variable[]
  readonly children: Readonly<Record<string, WeightGroup>> | readonly Layer[]
}

/** The constructor of layers of one class; the class's only entry in the registry. */
export interface LayerDefinition<Table extends LayerTable = LayerTable> {
  readonly className: string
  readonly table: Table
  /** The options that come first in a call, without a name. */
  readonly positional?: readonly string[]
  create(given: GivenOptions): Layer
}

type LayerOptionTable = typeof layerOptions

/** The options in every layer's table. */
// An interface, of which errors show the name alone.
export interface LayerTable extends LayerOptionTable {}

/** Options as the user wrote them, unchecked. */
export type GivenOptions = Readonly<Record<string, unknown>>

/** The definition of a weight. */
export interface WeightSpec {
  /** Its path below the layer's own, such as `kernel`. */
  readonly name: string
  readonly shape: Shape
  readonly initializer: Initializer
}
