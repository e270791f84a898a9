// Classes of layers, and the functions that make layers: `Dense(1)`.

import { describeValue, fail } from '../errors.ts'
import {
  type Constructor,
  type ConstructorStatics,
  constructorOf,
  type Unextended,
} from '../util/constructorOf.ts'
import type { Identified } from '../util/identified.ts'
import { isOptions } from '../util/options.ts'
import { namedArguments } from '../util/positional.ts'
import type { LoadableClass } from './classNames.ts'
import { ownNames } from './functions.ts'
import { type GivenOptions, Layer, type LayerDefinition, type LayerTable } from './layer.ts'
import type { LayerFunction } from './layerCall.ts'
import type { WrittenMember } from './members.ts'
import type { SymbolicTensor } from './symbolicTensor.ts'
import type { DrawnVariable } from './weights/variable.ts'

export type {
  CallOptions,
  CallTensor,
  Drawn,
  LayerData,
  LayerFunction,
  LayerInput,
  NamedInputs,
  OnData,
  OnTensors,
  ValuesOf,
} from './layerCall.ts'

/** A layer that can be called; `Output` is one symbolic tensor or a list of them. */
export type CallableLayer<Output = SymbolicTensor> = Layer & LayerFunction<Output>

/**
 * A layer with weights of these names as fields, which there are once the layer was called; one that an option leaves out is undefined. In the
 * `call` of a class of one's own, and in functional models, functions of `ops` compute with them: tied embeddings are
 * `ops.matmul(x, ops.transpose(this.embedding.embeddings))`.
 */
export type WeightedLayer<Names extends string, Output = SymbolicTensor> = CallableLayer<Output> & {
  readonly [Name in Names]: DrawnVariable
}

/** A layer, typed by what its class's calls return. */
export const callable = <Made>(layer: Layer): Made => layer as Made

/**
 * The layer that a config describes, of a class that the program has loaded or registered; undefined for anything else.
 */
export const layerOfConfig = (value: unknown): Layer | undefined => {
  const { className, config = {} }: Partial<Identified> = isOptions(value) ? value : {}
  if (className === undefined) return undefined
  const own: Partial<LoadableClass> = Object(ownNames.get(className))
  return own.fromConfig?.(config) ?? registry.get(className)?.create(config)
}

/** The value as a layer. */
export const layerOf = (value: unknown, where: string): Layer =>
  value instanceof Layer
    ? value
    : (layerOfConfig(value) ??
      fail(where, {
        expected: 'a layer, such as LSTM(8)',
        got: describeValue(value),
        remedy:
          typeof value === 'function' && value.name && !('where' in value)
            ? `Give an object of ${value.name}, not the class.`
            : undefined,
      }))

/** A layer inside another, as files store it. */
export const writeLayer = (layer: Layer): WrittenMember => ({
  module: layer.module,
  className: layer.publicName,
  config: layer.storedConfig,
})

export type { PlacedArguments as LayerArguments } from '../util/positional.ts'

const registry = new Map<string, LayerDefinition>()

/** The layer classes that files may name. */
export const layerDefinitions: ReadonlyMap<string, LayerDefinition> = registry

/** Makes layers that can be called, with `new` or without it. */
export type LayerConstructor<Args extends readonly unknown[], Made = CallableLayer> = Constructor<Args, Made>

/** {@link LayerConstructor} of layers whose first argument is an object itself, which an editor tells from options by the signature. */
export interface WrapperConstructor<First, Options, AllByName, Made = CallableLayer>
  extends ConstructorStatics<Made> {
  (options: AllByName): Made
  (first: First, options?: Options): Made
  new (options: AllByName): Made & Unextended
  new (first: First, options?: Options): Made & Unextended
}

/** Takes any arguments, and is typed where it is exported. */
interface Make {
  <Made = CallableLayer>(...args: readonly unknown[]): Made
  new <Made = CallableLayer>(...args: readonly unknown[]): Made
  fromConfig<Made = CallableLayer>(config: Readonly<Record<string, unknown>>): Made
}

/** A class of layers, and a constructor of its layers from the user's arguments. */
export interface LayerFactory<Table extends LayerTable = LayerTable> extends LayerDefinition<Table> {
  readonly make: Make
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
  const definition: LayerFactory<Table> = {
    className,
    table,
    positional,
    create: (given) => create(definition, given),
    make: constructorOf(className, (...args) =>
      definition.create(namedArguments(className, positional, args, table)),
    ) as unknown as Make,
  }
  registry.set(publicName ?? className, definition)
  return definition
}
