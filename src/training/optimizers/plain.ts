// Adam and SGD as they are by name alone: a page that says `optimizer: 'adam'` has no code of options.

import { adamUpdate, sgdUpdate } from '../../ops/optimizers.ts'
import { Optimizer, type Rule } from '../optimizer.ts'

/** The defaults of what all optimizers take (updateOptions.ts). */
const common = {
  weightDecay: null,
  clipnorm: null,
  clipvalue: null,
  globalClipnorm: null,
  useEma: false,
  emaMomentum: 0.99,
  emaOverwriteFrequency: null,
  lossScaleFactor: null,
  gradientAccumulationSteps: null,
}

const adam = { beta1: 0.9, beta2: 0.999, epsilon: 1e-7, amsgrad: false }
const sgd = { momentum: 0, nesterov: false }

export const adamRule = ({ amsgrad, ...attrs }: typeof adam): Rule => ({
  slots: [
    { name: 'momentum' },
    { name: 'velocity' },
    ...(amsgrad ? [{ name: 'velocity_hat', group: 1 }] : []),
  ],
  scalars: (learningRate, t) => ({
    rate: (learningRate * Math.sqrt(1 - attrs.beta2 ** t)) / (1 - attrs.beta1 ** t),
  }),
  lower(graph, { parameters, gradients, scaling, slots: [m, v, largest] }) {
    if (m && v) adamUpdate(graph, { parameters, gradients, scaling, m, v, largest }, attrs)
  },
})

export const sgdRule = (attrs: typeof sgd): Rule => ({
  slots: attrs.momentum === 0 ? [] : [{ name: 'momentum' }],
  scalars: (rate) => ({ rate }),
  lower(graph, { parameters, gradients, scaling, slots: [velocity] }) {
    sgdUpdate(graph, { parameters, gradients, scaling, velocity }, attrs)
  },
})

/** Optimizers with the defaults of all options, by name. */
export const plainOptimizers: ReadonlyMap<string, () => Optimizer> = new Map([
  [
    'adam',
    () => new Optimizer('Adam', { name: 'adam', learningRate: 0.001, ...common, ...adam }, adamRule(adam)),
  ],
  ['sgd', () => new Optimizer('SGD', { name: 'sgd', learningRate: 0.01, ...common, ...sgd }, sgdRule(sgd))],
])
