// Methods of layers that code of classes calls: those that build, and ask for shapes, masks and states.

import type { Layer } from '../layers/layer.ts'
import { LookupLayer } from '../layers/preprocessing/lookupLayer.ts'
import { SymbolicTensor } from '../layers/symbolicTensor.ts'
import { type Arguments, List, NativeFunction, type Value } from '../python/values.ts'
import type { OpenShape } from '../util/shape.ts'
import type { Reader } from './reader.ts'
import { shapeTuple } from './tensorValue.ts'

/** The method of a layer; it gets the values of its arguments in their order, null where one is not given. */
type Method = (reader: Reader, layer: Layer, args: readonly unknown[]) => Value

const isOne = (shapes: OpenShape | readonly OpenShape[]): shapes is OpenShape => !Array.isArray(shapes[0])

const methods: Readonly<Record<string, readonly [names: readonly string[], run: Method]>> = {
  build: [
    ['input_shape'],
    (_reader, layer, [shape]) => {
      layer.build(shape as OpenShape)
      return null
    },
  ],
  compute_output_shape: [
    ['input_shape'],
    (_reader, layer, [shape]) => {
      const shapes = layer.computeOutputShape(shape as OpenShape)
      return isOne(shapes) ? shapeTuple(shapes) : new List(shapes.map(shapeTuple))
    },
  ],
  compute_mask: [
    ['inputs', 'mask'],
    (reader, layer, [inputs, mask]) =>
      reader.wrap(layer.computeMask(inputs as SymbolicTensor, mask as SymbolicTensor | null)),
  ],
  get_initial_state: [
    ['batch_size', 'inputs'],
    (reader, layer, [given]) => {
      // Keras 2 gave the inputs, whose batch it took.
      const batch = given instanceof SymbolicTensor ? given.shape[0] : given
      return 'getInitialState' in layer
        ? reader.wrap((layer.getInitialState as (batch: unknown) => unknown)(batch))
        : null
    },
  ],
  get_vocabulary: [
    ['include_special_tokens'],
    (reader, layer, [hasSpecial]) =>
      reader.wrap((layer as LookupLayer).getVocabulary((hasSpecial as boolean | null) ?? true)),
  ],
  vocabulary_size: [[], (reader, layer) => reader.wrap((layer as LookupLayer).vocabularySize())],
}

/** The words of a layer may be those of data. */
const knowsWords = (layer: Layer): boolean => layer instanceof LookupLayer && layer.tokens.isKnown

/** Methods of some layers alone, and when they have them. */
const ofSome: Readonly<Record<string, (layer: Layer) => boolean>> = {
  get_initial_state: (layer) => 'getInitialState' in layer,
  get_vocabulary: knowsWords,
  vocabulary_size: knowsWords,
}

/** A method of a layer by its name in Python; undefined where it has none. */
export function layerMethod(reader: Reader, layer: Layer, name: string): NativeFunction | undefined {
  const [names, run] = (Object.hasOwn(methods, name) && methods[name]) || []
  if (!names || !run || ofSome[name]?.(layer) === false) return undefined
  return new NativeFunction(name, (args: Arguments, at) => {
    const given = reader.named(args, names)
    return reader.attempt(at, () => {
      reader.act()
      return run(
        reader,
        layer,
        names.map((each) => reader.plain(given.get(each)?.[0] ?? null)),
      )
    })
  })
}
