// Classes of layers, and the functions that make layers: `Dense(1)`.

import { describeValue, fail } from '../errors.ts'
import { namedArguments } from '../util/positional.ts'
import { type GivenOptions, Layer, type LayerDefinition, type LayerTable } from './layer.ts'
import type { CallOptions, LayerInput, NamedInputs } from './layerCall.ts'
import type { SymbolicTensor } from './symbolicTensor.ts'

export type { CallOptions, LayerInput, NamedInputs }

/** A layer that can be called; `Output` is one symbolic tensor or a list of them. */
export type CallableLayer<Output = SymbolicTensor> = Layer &
  ((input: LayerInput, options?: CallOptions) => Output)

/** A layer, typed by what its class's calls return. */
export const callable = <Made>(layer: Layer): Made => layer as Made

/** The value as a layer. */
export const layerOf = (value: unknown, where: string): Layer =>
  value instanceof Layer
    ? value
    : fail(where, {
        expected: 'a layer, such as LSTM(8)',
        got: describeValue(value),
        remedy:
          typeof value === 'function' && value.name
            ? `Give an object of ${value.name}, not the class.`
            : undefined,
      })

/** A layer inside another, as files store it. */
export const writeLayer = (layer: Layer): unknown => ({
  module: layer.module,
  className: layer.publicName,
  config: layer.storedConfig,
})

/** The arguments of a layer's constructor: Keras's positional arguments and then options, or all by name, as keywords in Python. */
export type LayerArguments<Positional extends readonly unknown[], Options, AllByName> =
  | readonly [...Positional, options?: Options]
  | readonly [options: AllByName]

const registry = new Map<string, LayerDefinition>()

/** The layer classes that files may name. */
export const layerDefinitions: ReadonlyMap<string, LayerDefinition> = registry

/** A class of layers, and a function that makes a callable layer from the user's arguments. */
export interface LayerFactory<Table extends LayerTable = LayerTable> extends LayerDefinition<Table> {
  make<Made = CallableLayer>(...args: readonly unknown[]): Made
}

/** Declares a class of layers: its name, its options, those that come first without a name, and how one is made. */
export function defineLayer<Table extends LayerTable>(declaration: {
  readonly className: string
  readonly publicName?: string
  readonly table: Table
  readonly positional: readonly (keyof Table & string)[]
  readonly create: (definition: LayerDefinition<Table>, given: GivenOptions) => Layer
}): LayerFactory<Table> {
  const { className, publicName, table, positional, create } = declaration
  const definition: LayerDefinition<Table> = {
    className,
    table,
    positional,
    create: (given) => create(definition, given),
  }
  registry.set(publicName ?? className, definition)
  const make = <Made>(...args: readonly unknown[]): Made => {
    const given = namedArguments(className, positional, args, table)
    return callable<Made>(create(definition, given))
  }
  return { ...definition, make }
}
