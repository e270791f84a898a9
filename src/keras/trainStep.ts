// Steps of a class's own, `train_step` and `test_step`: those that do what Keras's do, as its guides write them out, are read by
// running them on stand-ins for data, a prediction, its loss and the gradients. All others are a problem.

import type { Trouble } from '../python/interpreter.ts'
import {
  type Arguments,
  HostValue,
  type Instance,
  List,
  NativeFunction,
  PythonFunction,
  Tuple,
  Unknown,
  type Value,
} from '../python/values.ts'
import { placedArguments, valuesGiven } from './functions.ts'
import type { Reader } from './reader.ts'

/** Methods of a model that change how it trains. */
const METHODS = ['train_step', 'test_step', 'predict_step', 'compute_loss']
/** Those that are read. */
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

/** `tf.GradientTape()`. */
export class TapeValue extends HostValue {
  readonly label = 'GradientTape'

  override attribute(name: string): Value | undefined {
    if (name !== 'gradient') return undefined
    return new NativeFunction(name, (args) =>
      hasParts(args, 'loss', 'weights') ? new Part('gradients') : new Unknown('tape.gradient(…)'),
    )
  }
}

/** The model in its step. */
class Stepping extends HostValue {
  readonly label: string
  /** Whether the step did what it has to do. */
  isDone = false
  readonly #reader: Reader
  readonly #instance: Instance

  constructor(reader: Reader, instance: Instance) {
    super()
    this.#reader = reader
    this.#instance = instance
    this.label = instance.type.name
  }

  override call(args: Arguments): Value | undefined {
    return isPart(args.placed[0], 'x') ? new Part('prediction') : undefined
  }

  override attribute(name: string, at: number): Value | undefined {
    switch (name) {
      case 'compute_loss':
      case 'compiled_loss':
        return new NativeFunction(name, (args) => this.#loss(args))
      case 'trainable_variables':
      case 'trainable_weights':
        return new Part('weights')
      case 'optimizer':
        return new Updating(() => {
          this.isDone = true
        })
      case 'losses':
      case 'metrics':
      case 'compiled_metrics':
      case 'compute_metrics':
        return new Unknown(name)
    }
    return this.#reader.interpreter.attribute(this.#instance, name, at)
  }

  #loss(args: Arguments): Value {
    // Keras's own step hands a sample's weight on, too, of which a step of the text that has none knows nothing.
    const isPlain = hasParts(args, 'y', 'prediction') && !args.named.has('sample_weight')
    return isPlain ? new Part('loss') : new Unknown('compute_loss(…)')
  }
}

/** Its optimizer: the update is what makes a step whole. */
class Updating extends HostValue {
  readonly label = 'optimizer'
  readonly #done: () => void

  constructor(done: () => void) {
    super()
    this.#done = done
  }

  override attribute(name: string): Value | undefined {
    if (name !== 'apply_gradients' && name !== 'apply') return undefined
    return new NativeFunction(name, ({ placed: [given = null] }) => {
      const [first] = given instanceof List && given.items.length === 1 ? given.items : [given]
      const gradients = first instanceof Tuple ? first.items[0] : first
      if (isPart(gradients, 'gradients')) this.#done()
      return null
    })
  }
}

/** Whether a step does what Keras's does. */
function isUsual(reader: Reader, instance: Instance, name: string, method: PythonFunction): boolean {
  const troubles: Trouble[] = []
  const model = new Stepping(reader, instance)
  const data = new Part('data', [new Part('x'), new Part('y')])
  const before = reader.activity
  reader.interpreter.called(
    (trouble) => troubles.push(trouble),
    () => reader.interpreter.callFunction(method.bind(model), placedArguments([data]), method.syntax.at),
  )
  return troubles.length === 0 && reader.activity === before && (model.isDone || name === 'test_step')
}

/** Tells of methods of a class that train or evaluate a model otherwise than Keras does. */
export function checkSteps(reader: Reader, instance: Instance, at: number): void {
  for (const name of METHODS) {
    const method = instance.type.find(name)
    if (!(method instanceof PythonFunction)) continue
    if (STEPS.includes(name) && isUsual(reader, instance, name, method)) continue
    reader.interpreter.problem(
      at,
      `has a ${name} of its own, which is not read: the model trains by the losses of compile. Add others in call by self.add_loss(...), or write the loop here with model.trainOnBatch`,
    )
  }
}
