/**
 * Methods that people call who come from Keras in Python or from TensorFlow.js, where they have another name here. Node has these names
 * (`recurra/node`), so that a call says what to write instead of "is not a function"; types do not have them, and pages do not load them.
 */

import { describeValue, fail } from '../errors.ts'
import { layerDefinitions } from '../layers/callable.ts'
import { Layer } from '../layers/layer.ts'
import { NamedLayer } from '../layers/namedLayer.ts'
import { snakeCase } from '../layers/naming.ts'
import { CustomLayer } from '../layers/own/customLayer.ts'
import { SymbolicTensor } from '../layers/symbolicTensor.ts'
import { Optimizer } from '../training/optimizer.ts'
import { prototypeChain } from '../util/prototypeChain.ts'
import { Tensor } from '../util/tensor.ts'
import { FunctionalModel } from './functional.ts'
import { LayersModel } from './model.ts'
import { addFoundNames } from './namespaceHabits.ts'
import { SequentialModel } from './sequential.ts'
import { SubclassedModel } from './subclassed.ts'

/** Public methods and properties of layers, models and optimizers that Python spells otherwise; a class has some of them. */
const CAMEL_CASE =
  'addLoss addWeight computeMask computeOutputShape countParams getConfig getLayer getStates getWeights learningRate loadWeights ' +
  'metricsNames nonTrainableWeights predictOnBatch resetMetrics resetStates saveWeights setWeights stopTraining supportsMasking ' +
  'testOnBatch toJSON trainOnBatch trainableWeights'

/** What to do instead of calling methods that have no namesake here, by their names. */
type Remedies = Readonly<Record<string, string>>

const TO_ARRAY = 'Write toArray(), which needs no await.'
const DATA = 'The values are in the field data, and toArray() nests them.'
const ON_HOST = 'Leave it out: a tensor is on the host and is collected like any object.'
const AS_ARRAY = 'A tensor is no array: toArray() makes one of it.'
const NO_MATHS =
  'A tensor holds values: compute with toArray() or data, or within a model by functions of ops.'

const ofTensors: Remedies = {
  array: TO_ARRAY,
  arraySync: TO_ARRAY,
  numpy: TO_ARRAY,
  tolist: TO_ARRAY,
  dataSync: DATA,
  item: DATA,
  print: 'Write console.log(x.toArray()).',
  dispose: ON_HOST,
  reshape: 'Write tensor(x.data, shape).',
  ...Object.fromEntries(
    ['every', 'filter', 'find', 'forEach', 'join', 'map', 'reduce', 'some'].map((name) => [name, AS_ARRAY]),
  ),
  ...Object.fromEntries(
    ['add', 'argMax', 'div', 'flatten', 'max', 'mean', 'min', 'mul', 'slice', 'squeeze', 'sub', 'sum'].map(
      (name) => [name, NO_MATHS],
    ),
  ),
}

/** Of symbolic tensors, beside what `ops` has. */
const ofSymbols: Remedies = {
  at: 'Write ops.at(x, index, axis).',
  get_shape: 'Read the field shape.',
  numpy: 'Values are there when the model runs: await model.predict(…).',
  apply: 'Call the layer with the tensor: layer(x).',
}

/** Functions of `ops` whose names a symbolic tensor has for something else, or that do not take it first. */
const OTHER_MEANING =
  'shape where map scan cond switch whileLoop foriLoop associativeScan vectorizedMap isTensor dtype size'.split(
    ' ',
  )

const ofLayers: Remedies = inBothSpellings({
  apply: 'Call the layer itself: layer(x).',
  call: 'Call the layer itself: layer(x).',
  addLoss: 'this.addLoss(…) is for the call of a class that extends Layer or Model.',
})

const ofModels: Remedies = {
  fitDataset: 'Write fit(dataset, { epochs }), of a Dataset or any stream of batches.',
  evaluateDataset: 'Write evaluate(dataset).',
  fit_generator: 'Write fit(stream, { epochs, stepsPerEpoch }).',
  evaluate_generator: 'Write evaluate(stream).',
  predict_generator: 'Write predict(stream).',
  predict_classes: 'Take the largest of each row that predict gives.',
  predict_proba: 'Write predict(x).',
  predictSync: 'Write await predict(x).',
}

/** The same by the names that Python has for them, too. */
function inBothSpellings(remedies: Remedies): Remedies {
  return Object.fromEntries(
    Object.entries(remedies).flatMap(([name, remedy]) => [
      [name, remedy],
      [snakeCase(name), remedy],
    ]),
  )
}

const UNKNOWN = 'one that it does not have'

const failForMethod = (place: string, name: string, got: string, remedy: string): never =>
  fail(`${place}.${name}`, { expected: 'a method of Recurra', got, remedy })

/** Adds a name that is called: the call throws. What a class of the user's has under this name, is taken. */
function addMethod(prototype: object, name: string, got: string, remedy: string): void {
  if (name in prototype) return
  Object.defineProperty(prototype, name, {
    configurable: true,
    get(this: object) {
      return () => failForMethod(placeOf(this), name, got, remedy)
    },
    set(this: object, value: unknown) {
      Object.defineProperty(this, name, { value, configurable: true, enumerable: true, writable: true })
    },
  })
}

/** Adds a name that is read or set: both throw, since a value that is set under a wrong name would change nothing. */
function addProperty(prototype: object, name: string, got: string, remedy: string): void {
  if (name in prototype) return
  const refuse = function (this: object): never {
    return fail(`${placeOf(this)}.${name}`, { expected: 'a property of Recurra', got, remedy })
  }
  Object.defineProperty(prototype, name, { configurable: true, get: refuse, set: refuse })
}

/** Adds the names of options, which Keras has as fields: they are in `config`, and are what the object was made with. */
function addOptions(prototype: object, names: Iterable<string>): void {
  for (const name of names) {
    if (name in prototype) continue
    const refuseOption = (owner: { readonly config?: object }, remedy: string): void => {
      if (Object.hasOwn(owner.config ?? {}, name))
        fail(`${placeOf(owner)}.${name}`, { expected: 'a property of Recurra', got: 'an option', remedy })
    }
    Object.defineProperty(prototype, name, {
      configurable: true,
      get(this: object): undefined {
        refuseOption(this, `Read config.${name}.`)
      },
      set(this: object, value: unknown) {
        refuseOption(this, 'Options are given when the object is made.')
        Object.defineProperty(this, name, { value, configurable: true, enumerable: true, writable: true })
      },
    })
  }
}

/** Adds methods that symbolic tensors do not have, and functions of `ops` that they are often taken to have as methods. */
function addSymbolMethods(ops: object): void {
  addFoundNames(SymbolicTensor.prototype, (asked) => {
    const name = Object.keys(ops).find((name) => name === asked || snakeCase(name) === asked)
    const ofOps = name === undefined || OTHER_MEANING.includes(name) ? undefined : `Write ops.${name}(x, …).`
    const remedy = Object.hasOwn(ofSymbols, asked) ? ofSymbols[asked] : ofOps
    return remedy === undefined ? null : () => failForMethod('SymbolicTensor', asked, UNKNOWN, remedy)
  })
}

/** How errors name an object. */
function placeOf(value: object): string {
  if (value instanceof NamedLayer) return value.where
  return value instanceof Optimizer ? value.className : value.constructor.name
}

/** Of the names in camelCase that a class has, adds those that Python has for them. */
function addSnakeCase(prototype: object): void {
  for (const name of CAMEL_CASE.split(' ')) {
    const owner = prototypeChain(prototype).find((level) => Object.hasOwn(level, name))
    if (!owner) continue
    const isProperty = Object.getOwnPropertyDescriptor(owner, name)?.get !== undefined
    if (isProperty) addProperty(owner, snakeCase(name), 'its name in Python', `Write ${name}.`)
    else addMethod(owner, snakeCase(name), 'its name in Python', `Write ${name}.`)
  }
}

/**
 * Adds the names to the classes, once.
 *
 * @param ops The functions that symbolic tensors are often taken to have as methods.
 */
export function addHabits(ops: object): void {
  for (const { prototype } of [
    SequentialModel,
    FunctionalModel,
    SubclassedModel,
    CustomLayer,
    Layer,
    Optimizer,
  ])
    addSnakeCase(prototype)
  const tables = [
    [Tensor.prototype, ofTensors],
    [LayersModel.prototype, ofModels],
    [NamedLayer.prototype, ofLayers],
  ] as const
  for (const [prototype, remedies] of tables)
    for (const [name, remedy] of Object.entries(remedies)) addMethod(prototype, name, UNKNOWN, remedy)
  for (const name of ['length', '0']) addProperty(Tensor.prototype, name, 'one of arrays', AS_ARRAY)
  addSymbolMethods(ops)
  addProperty(Optimizer.prototype, 'lr', 'its name in Keras 2', 'Write learningRate.')
  for (const { prototype } of [SequentialModel, FunctionalModel])
    addProperty(
      prototype,
      'metrics',
      'one of steps of a class',
      'Read metricsNames, or what evaluate returns.',
    )
  addOptions(
    NamedLayer.prototype,
    new Set([...layerDefinitions.values()].flatMap(({ table }) => Object.keys(table))),
  )
  Object.defineProperty(Tensor.prototype, Symbol.toPrimitive, { configurable: true, value: primitiveOf })
}

/** JavaScript's operators and comparisons need a number, which a tensor is not. */
function primitiveOf(this: Tensor, hint: string): string {
  if (hint === 'string') return describeValue(this)
  return fail('Tensor', { expected: 'a number', got: describeValue(this), remedy: NO_MATHS })
}
