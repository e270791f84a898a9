// Models whose classes say what their steps do, as tutorials of Keras have them, without noise; stepsOfKeras.json has what Keras 3.16 makes
// of the same classes, weights and data.

import {
  Dense,
  gradients,
  Input,
  type LayersModel,
  losses,
  Model,
  metrics,
  type Optimizer,
  ops,
  Sequential,
  SGD,
  type SymbolicTensor,
  tensor,
} from '../../src/index.ts'

/** Gives a model weights that a formula says, from a place of it on. */
export function fill(model: LayersModel, start: number): void {
  let k = start
  const values = model.weights.map(({ shape }) => {
    const size = shape.reduce((product, extent) => product * extent, 1)
    const from = k
    k += size
    return tensor(
      Float32Array.from({ length: size }, (_, i) => 0.5 * Math.sin((from + i) * 1.3)),
      shape,
    )
  })
  model.setWeights(values)
}

export const waves = (rows: number, columns: number) =>
  tensor(
    Float32Array.from({ length: rows * columns }, (_, i) => Math.sin(i * 0.7 + 0.3)),
    [rows, columns],
  )

export const noise = tensor(
  Float32Array.from({ length: 10 }, (_, i) => Math.cos(i)),
  [5, 2],
)

const net = (outputs: number) => Sequential([Input([2]), Dense(3, { activation: 'tanh' }), Dense(outputs)])

/** Trains a discriminator, then a generator by what it has become. */
export class Gan extends Model {
  readonly generator = net(2)
  readonly discriminator = net(1)
  readonly lossFn = losses.BinaryCrossentropy({ fromLogits: true })
  readonly dLoss = metrics.Mean({ name: 'd_loss' })

  constructor(
    readonly dOptimizer: Optimizer,
    readonly gOptimizer: Optimizer,
  ) {
    super()
    fill(this.generator, 1)
    fill(this.discriminator, 50)
  }

  override trainStep([real, noise]: readonly [SymbolicTensor, SymbolicTensor]) {
    const size = real.shape[0] ?? 0
    const both = ops.concatenate([this.generator(noise), real], 0)
    const labels = ops.concatenate([ops.ones([size, 1]), ops.zeros([size, 1])], 0)
    const dLoss = this.lossFn(labels, this.discriminator(both))
    const dWeights = this.discriminator.trainableWeights
    this.dOptimizer.apply(gradients(this.dOptimizer.scaleLoss(dLoss), dWeights), dWeights)
    const gLoss = this.lossFn(ops.zeros([size, 1]), this.discriminator(this.generator(noise)))
    this.gOptimizer.minimize(gLoss, this.generator.trainableWeights)
    this.dLoss.updateState(dLoss)
    return { d_loss: this.dLoss.result(), g_loss: gLoss }
  }
}

/** A variational autoencoder that takes the mean for its draw. */
export class Vae extends Model {
  readonly encoder
  readonly decoder = Sequential([Input([2]), Dense(4, { activation: 'sigmoid' })])

  constructor() {
    super()
    const input = Input([4])
    const hidden = Dense(3, { activation: 'tanh' })(input)
    this.encoder = Model(input, [Dense(2)(hidden), Dense(2)(hidden)])
    fill(this.encoder, 1)
    fill(this.decoder, 80)
  }

  override trainStep(data: SymbolicTensor) {
    const [mean, logVar] = this.encoder(data, { training: true }) as readonly [SymbolicTensor, SymbolicTensor]
    const decoded = this.decoder(mean, { training: true })
    const entropies = losses.binaryCrossentropy(ops.expandDims(data, -1), ops.expandDims(decoded, -1))
    const reconstruction = ops.mean(ops.sum(entropies, 1))
    const spread = ops.subtract(ops.subtract(ops.add(1, logVar), ops.square(mean)), ops.exp(logVar))
    const kl = ops.mean(ops.sum(ops.multiply(-0.5, spread), 1))
    const loss = ops.add(reconstruction, kl)
    const grads = gradients(loss, this.trainableWeights)
    this.optimizer?.apply(grads, this.trainableWeights)
    return { loss, reconstruction_loss: reconstruction, kl_loss: kl }
  }
}

/** A student that learns of a teacher, too. */
export class Distiller extends Model {
  readonly student = Sequential([Input([2]), Dense(3, { kernelRegularizer: 'l2' })])
  readonly teacher = Sequential([Input([2]), Dense(3)])
  readonly divergence = losses.KLDivergence()

  constructor() {
    super()
    this.teacher.trainable = false
    fill(this.student, 1)
    fill(this.teacher, 30)
  }

  override call(x: SymbolicTensor) {
    return this.student(x)
  }

  override computeLoss(
    x: SymbolicTensor,
    y: SymbolicTensor,
    yPred: SymbolicTensor,
    sampleWeight: SymbolicTensor | null,
    training: boolean,
  ) {
    const own = super.computeLoss(x, y, yPred, sampleWeight, training)
    const taught = ops.softmax(ops.divide(this.teacher(x, { training: false }), 3), 1)
    const distilled = ops.multiply(this.divergence(taught, ops.softmax(ops.divide(yPred, 3), 1)), 9)
    return ops.add(ops.multiply(0.3, own), ops.multiply(0.7, distilled))
  }
}

/** A critic whose slope at points between what is real and what is not is held at 1. */
export class PenalizedGan extends Model {
  readonly generator = net(2)
  readonly discriminator = net(1)
  readonly dOptimizer = SGD({ learningRate: 0.02 })
  readonly gOptimizer = SGD({ learningRate: 0.05 })

  constructor() {
    super()
    fill(this.generator, 1)
    fill(this.discriminator, 50)
  }

  penalty(real: SymbolicTensor, fake: SymbolicTensor): SymbolicTensor {
    const between = ops.add(real, ops.multiply(0.3, ops.subtract(fake, real)))
    const [slope] = gradients(this.discriminator(between), [between]) as [SymbolicTensor]
    const norm = ops.sqrt(ops.sum(ops.square(slope), 1))
    return ops.mean(ops.square(ops.subtract(norm, 1)))
  }

  override trainStep([real, noise]: readonly [SymbolicTensor, SymbolicTensor]) {
    const fake = this.generator(noise)
    const penalty = this.penalty(real, fake)
    const distance = ops.subtract(ops.mean(this.discriminator(fake)), ops.mean(this.discriminator(real)))
    const dLoss = ops.add(distance, ops.multiply(2, penalty))
    this.dOptimizer.minimize(dLoss, this.discriminator.trainableWeights)
    const gLoss = ops.negative(ops.mean(this.discriminator(this.generator(noise))))
    this.gOptimizer.minimize(gLoss, this.generator.trainableWeights)
    return { d_loss: dLoss, g_loss: gLoss, penalty }
  }
}

/** Learns the solution of u″ + u = 0 that is 1 at 0. */
export class Oscillation extends Model {
  readonly net = Sequential([
    Input([1]),
    Dense(4, { activation: 'tanh' }),
    Dense(3, { activation: 'tanh' }),
    Dense(1),
  ])

  constructor() {
    super()
    fill(this.net, 1)
  }

  override call(x: SymbolicTensor) {
    return this.net(x)
  }

  override trainStep(x: SymbolicTensor) {
    const u = this.net(x)
    const [first] = gradients(u, [x]) as [SymbolicTensor]
    const [second] = gradients(first, [x]) as [SymbolicTensor]
    const start = ops.subtract(this.net(ops.zeros([1, 1])), 1)
    const loss = ops.add(ops.mean(ops.square(ops.add(second, u))), ops.mean(ops.square(start)))
    this.optimizer?.minimize(loss, this.trainableWeights)
    return { loss }
  }
}
