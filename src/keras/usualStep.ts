// Steps of a class's own that do what Keras's do, as its guides write them out: they are found by running them on stand-ins for data, a
// prediction, its loss and the gradients. Models of such classes take the step that is made for all models, and is faster.

import { currentPolicy } from '../layers/dtypePolicy.ts'
import type { StepSources } from '../layers/own/stepTrace.ts'
import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import { gradientsInGraph } from '../models/gradients.ts'
import { HostValue } from '../python/hostValue.ts'
import type { Trouble } from '../python/interpreter.ts'
import {
  type Arguments,
  type Instance,
  List,
  NativeFunction,
  PythonFunction,
  placedArguments,
  Tuple,
  Unknown,
  type Value,
} from '../python/values.ts'
import { valuesGiven } from './functions.ts'
import { NotKnown } from './problems.ts'
import type { Reader } from './reader.ts'
import { WrappedValue } from './values.ts'

/** Steps that may be found to be Keras's. */
const STEPS = ['train_step', 'test_step']

/** Something in a step, which can only be handed on. */
class Part extends HostValue {
  constructor(
    readonly label: 'data' | 'x' | 'y' | 'prediction' | 'loss' | 'gradients' | 'weights',
    readonly parts: readonly Part[] | null = null,
  ) {
    super()
  }

  override get items(): readonly Value[] | null {
    const isList = this.label === 'gradients' || this.label === 'weights'
    return isList ? [this] : this.parts
  }

  override attribute(name: string): Value | undefined {
    return name === '__len__' && this.parts ? BigInt(this.parts.length) : undefined
  }

  override index(key: Value): Value | undefined {
    return typeof key === 'bigint' ? this.parts?.[Number(key)] : undefined
  }
}

const isPart = (value: Value | undefined, label: Part['label']): boolean =>
  value instanceof Part && value.label === label

const hasParts = (args: Arguments, ...labels: readonly Part['label'][]): boolean =>
  labels.every((label) => valuesGiven(args).some((value) => isPart(value, label)))

/** `tf.GradientTape()`. Gradients that are taken while no tape records count as constants from there on. */
export class TapeValue extends WrappedValue {
  readonly label = 'GradientTape'

  override enter(): void {
    this.reader.recordingTapes++
  }

  override leave(): void {
    this.reader.recordingTapes--
  }

  override attribute(name: string): Value | undefined {
    // All that a step computes can be followed back.
    if (name === 'watch' || name === 'reset') return new NativeFunction(name, () => null)
    if (name !== 'gradient') return undefined
    return new NativeFunction(name, (args, at) => {
      if (hasParts(args, 'loss', 'weights')) return new Part('gradients')
      const { reader } = this
      if (!reader.isInCall) return new Unknown('tape.gradient(…)')
      const given = reader.named(args, ['target', 'sources'])
      return reader.attempt(at, () => {
        const [loss, sources] = ['target', 'sources'].map((each) =>
          reader.plain(given.get(each)?.[0] ?? null),
        )
        reader.tellLoss(args, loss)
        const isOne = !Array.isArray(sources)
        const all = (isOne ? [sources] : sources) as StepSources
        const found = gradientsInGraph(
          'tape.gradient',
          loss as SymbolicTensor,
          all,
          reader.recordingTapes > 0,
        )
        reader.act()
        return reader.wrap(isOne ? found[0] : found)
      })
    })
  }

  override plain(): never {
    throw new NotKnown(new Unknown(this.label))
  }
}

/** The model in its step. */
class Stepping extends HostValue {
  readonly label: string
  /** Whether the step updates the weights. */
  isUpdated = false
  /** Whether it asks for the losses of `compile`. */
  isJudged = false
  /** Whether it multiplies the loss by the scale of its optimizer. */
  isScaled = false
  /** Whether it asks for anything that Keras's step does without, such as a metric of its own. */
  isOther = false
  readonly #instance: Instance

  constructor(instance: Instance) {
    super()
    this.#instance = instance
    this.label = instance.type.name
  }

  override call(args: Arguments): Value | undefined {
    return isPart(args.placed[0], 'x') ? new Part('prediction') : undefined
  }

  override attribute(name: string): Value | undefined {
    switch (name) {
      case 'compute_loss':
      case 'compiled_loss':
        return new NativeFunction(name, (args) => this.#loss(args))
      case 'trainable_variables':
      case 'trainable_weights':
        return new Part('weights')
      case 'optimizer':
        return new Updating({
          update: () => {
            this.isUpdated = true
          },
          scale: () => {
            this.isScaled = true
          },
        })
      case 'losses':
      case 'metrics':
      case 'compiled_metrics':
      case 'compute_metrics':
        return new Unknown(name)
    }
    // The model itself is not made yet.
    const member = this.#instance.type.find(name)
    const isMethod = member instanceof PythonFunction && member.syntax.decorators.length === 0
    this.isOther ||= !isMethod
    return isMethod ? member.bind(this) : new Unknown(name)
  }

  #loss(args: Arguments): Value {
    // Keras's own step hands a sample's weight on, too, of which a step of the text that has none knows nothing.
    const weights = args.named.get('sample_weight') ?? null
    const isPlain = hasParts(args, 'y', 'prediction') && weights === null
    this.isJudged ||= isPlain
    return isPlain ? new Part('loss') : new Unknown('compute_loss(…)')
  }
}

/** Its optimizer: the update is what makes a step whole. */
class Updating extends HostValue {
  readonly label = 'optimizer'
  readonly #told: Readonly<Record<'update' | 'scale', () => void>>

  /** @param told What is called where the step updates weights, and where it scales the loss. */
  constructor(told: Readonly<Record<'update' | 'scale', () => void>>) {
    super()
    this.#told = told
  }

  override attribute(name: string): Value | undefined {
    if (name === 'scale_loss' || name === 'get_scaled_loss')
      return new NativeFunction(name, ({ placed: [loss = null] }) => {
        if (isPart(loss, 'loss')) this.#told.scale()
        return loss
      })
    if (name === 'get_unscaled_gradients')
      return new NativeFunction(name, ({ placed: [gradients = null] }) => gradients)
    if (name !== 'apply_gradients' && name !== 'apply') return undefined
    return new NativeFunction(name, ({ placed: [given = null] }) => {
      const [first] = given instanceof List && given.items.length === 1 ? given.items : [given]
      const gradients = first instanceof Tuple ? first.items[0] : first
      if (isPart(gradients, 'gradients')) this.#told.update()
      return null
    })
  }
}

/** Whether a method of a class is a step that does what Keras's does. */
export function isUsualStep(
  reader: Reader,
  instance: Instance,
  name: string,
  method: PythonFunction,
): boolean {
  if (!STEPS.includes(name)) return false
  const troubles: Trouble[] = []
  const model = new Stepping(instance)
  const data = new Part('data', [new Part('x'), new Part('y')])
  const before = reader.activity
  const { isRehearsed } = reader
  const run = (): Value =>
    reader.interpreter.callFunction(method.bind(model), placedArguments([data]), method.syntax.at)
  let returned: Value = null
  try {
    reader.isRehearsed = true
    returned = reader.interpreter.called((trouble) => troubles.push(trouble), run)
  } finally {
    reader.isRehearsed = isRehearsed
  }
  if (troubles.length > 0 || reader.activity !== before || model.isOther || !model.isJudged) return false
  // Keras's step scales the loss, which is something else where the policy has `compile` find a scale.
  const isScaled = model.isScaled || currentPolicy() === 'float32'
  // What Keras's step returns is what the metrics of the model are, by names that only they know.
  return returned instanceof Unknown && ((model.isUpdated && isScaled) || name === 'test_step')
}
