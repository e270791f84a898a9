// What the classes of Keras have (kerasApi.json, `members`), looked for in objects of their namesakes here: the section of
// docs/keras-compatibility.md on methods and properties. What is not here has its reason below.

import * as api from '../../src/index.ts'
import { allowApplying } from '../../src/training/applying.ts'
import { kerasApi } from './kerasApi.ts'

class OwnLayer extends api.Layer {
  override build(): void {
    this.addWeight({ name: 'scale' })
  }
  override call(x: api.SymbolicTensor): api.SymbolicTensor {
    return x
  }
}
class OwnModel extends api.Model {
  override call(x: api.SymbolicTensor): api.SymbolicTensor {
    return x
  }
}
class OwnLoss extends api.Loss {}
class OwnMetric extends api.Metric {}
class OwnCallback extends api.Callback {}
class OwnInitializer extends api.Initializer {}
class OwnRegularizer extends api.Regularizer {}
class OwnConstraint extends api.Constraint {}

const OF_FILES = 'files keep it by themselves'
const QUANTIZED = 'weights are floats'
const PURE = 'steps are graphs, whose state lies on the device'
const COMPILED = 'every step is compiled'

/** Why a member is not here, by its name here; that of a class before that of all. */
const refused: Readonly<Record<string, string>> = {
  addMetric: 'name metrics in compile, or keep one in a field',
  'addVariable of Layer': 'call addWeight',
  'addVariable of Optimizer': 'optimizers are those of Keras',
  addOptimizerVariables: 'optimizers are those of Keras',
  addVariableFromReference: 'optimizers are those of Keras',
  aggregation: 'a model trains on one device',
  'assign of Optimizer': 'call assign of the weight',
  'assignAdd of Optimizer': 'call assignAdd of the weight',
  'assignSub of Optimizer': 'call assignSub of the weight',
  buildFromConfig: OF_FILES,
  clone: 'an initializer has no state',
  compileFromConfig: OF_FILES,
  computeOutputSpec: 'computeOutputShape says shapes, and numbers are floats',
  constraint: 'an option of the layer or of addWeight',
  'dtype of Loss': 'losses are float32',
  'dtype of Metric': 'metrics are float32',
  export: 'call save, or eject of recurra/formats',
  finalizeVariableValues: 'fit does it',
  getBuildConfig: OF_FILES,
  getCompileConfig: OF_FILES,
  getMetricsResult: 'fit and evaluate return it',
  getQuantizationLayerStructure: QUANTIZED,
  getStateTree: PURE,
  inputDtype: 'inputs are floats',
  inputSpec: 'check shapes in build',
  jitCompile: COMPILED,
  loadOwnVariables: OF_FILES,
  losses: 'fit and evaluate add them to the loss',
  makePredictFunction: COMPILED,
  makeTestFunction: COMPILED,
  makeTrainFunction: COMPILED,
  'metrics of Layer': 'metrics in fields are those of the model',
  metricsVariables: 'metrics hold their state',
  nonTrainableVariables: 'read nonTrainableWeights',
  numpy: 'await getWeights()',
  overwriteWithGradient: QUANTIZED,
  predictStep: 'predict runs call',
  quantizationMode: QUANTIZED,
  quantizationSummary: QUANTIZED,
  quantize: QUANTIZED,
  quantizedBuild: QUANTIZED,
  quantizedCall: QUANTIZED,
  ragged: 'tensors have one extent for each axis',
  raggedRank: 'tensors have one extent for each axis',
  regularizer: 'an option of the layer or of addWeight',
  rematerializedCall: 'what the device holds is planned',
  reshape: 'write ops.reshape(x, shape)',
  resetState: 'call resetStates',
  rowSplitsDtype: 'tensors have one extent for each axis',
  runEagerly: COMPILED,
  saveOwnVariables: OF_FILES,
  setStateTree: PURE,
  'setWeights of Optimizer': 'call writeState',
  sparse: 'tensors are dense',
  squeeze: 'write ops.squeeze(x)',
  statelessApply: PURE,
  statelessCall: PURE,
  statelessComputeLoss: PURE,
  statelessResetState: PURE,
  statelessResult: PURE,
  statelessUpdateState: PURE,
  symbolicCall: 'call the layer on a symbolic tensor',
  synchronization: 'a model trains on one device',
  updateStep: 'optimizers are those of Keras',
}

/** Names that are not only camelCase. */
const RENAMED: Readonly<Record<string, string>> = { toJson: 'toJSON' }

/** Objects and constructors of a class: one of them has what is here. */
const things = (): Readonly<Record<string, readonly object[]>> => {
  const own = new OwnLayer()
  const dense = api.Dense(1, { inputShape: [2] })
  const sequential = api.Sequential([dense])
  own(api.Input([2]))
  // What optimizers do in steps of one's own, models of classes with such a step bring.
  allowApplying()
  return {
    Layer: [dense, api.Dense, own, OwnLayer],
    Model: [sequential, new OwnModel(), OwnModel],
    Sequential: [sequential],
    RNN: [api.RNN(api.LSTMCell(1)), api.LSTM(1)],
    LSTMCell: [api.LSTMCell(1)],
    Variable: [...sequential.weights, ...own.variables],
    KerasTensor: [api.Input([2])],
    Optimizer: [api.Adam(), api.Adam],
    Metric: [api.Mean(), api.Mean, new OwnMetric(), OwnMetric],
    Loss: [api.losses.MeanSquaredError(), api.losses.MeanSquaredError, new OwnLoss(), OwnLoss],
    Callback: [new OwnCallback()],
    Initializer: [api.initializers.Zeros(), api.initializers.Zeros, new OwnInitializer(), OwnInitializer],
    Regularizer: [api.L2(), api.L2, new OwnRegularizer(), OwnRegularizer],
    Constraint: [api.NonNeg(), api.NonNeg, new OwnConstraint(), OwnConstraint],
    activations: [api.activations],
    initializers: [api.initializers],
    regularizers: [api.regularizers],
    constraints: [api.constraints],
    losses: [api.losses],
    metrics: [api.metrics],
    optimizers: [api.optimizers],
    layers: [api.layers],
  }
}

/** Whether a name is here, and no remedy that Node has for it (src/models/habits.ts). */
function hasMember(thing: object, name: string): boolean {
  if (!(name in thing)) return false
  try {
    const found: unknown = Reflect.get(thing, name)
    // Constructors are functions, which have methods themselves.
    return found !== Reflect.get(Function.prototype, name)
  } catch (error) {
    return !/expected a (property|method) of Recurra/.test(String(error))
  }
}

/** What is here of each class, and why the rest is not. */
export function membersSection(
  camelCase: (name: string) => string,
  grouped: (names: readonly string[], reason: (name: string) => string) => ReadonlyMap<string, string>,
): string[] {
  const used = new Set<string>()
  const unexplained: string[] = []
  const lines = Object.entries(things()).map(([className, objects]) => {
    const names = [
      ...new Set(
        (kerasApi.members[className] ?? []).map((name) => RENAMED[camelCase(name)] ?? camelCase(name)),
      ),
    ]
    const missing = names.filter((name) => !objects.some((object) => hasMember(object, name)))
    const reasonOf = (name: string): string => {
      const key = [`${name} of ${className}`, name].find((each) => refused[each] !== undefined)
      if (key === undefined) unexplained.push(`${className}.${name}`)
      else used.add(key)
      return refused[key ?? ''] ?? ''
    }
    const without = [...grouped(missing, reasonOf)].map(([why, group]) => `${group} (${why})`).join('; ')
    return `- \`${className}\`, ${names.length - missing.length} of ${names.length}${without === '' ? '' : `, without ${without}`}.`
  })
  if (unexplained.length > 0) throw new Error(`${unexplained.join(', ')}: not here, say why.`)
  const stale = Object.keys(refused).filter((name) => !used.has(name))
  if (stale.length > 0) throw new Error(`${stale.join(', ')}: refused, and here or unknown to Keras.`)
  return [
    '## Methods and properties',
    '',
    'Of what the base classes and the namespaces of Keras have, beside the methods of its backends, there are here:',
    '',
    ...lines,
    '',
  ]
}
