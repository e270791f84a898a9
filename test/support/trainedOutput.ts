// What a layer makes of data in a training step, which no method of a model shows.

import {
  type CallableLayer,
  Dense,
  Flatten,
  Input,
  Sequential,
  type Tensor,
  tensor,
} from '../../src/index.ts'

/** What a layer makes of one sample: the slopes of the kernel of zeros behind it, whose target is −1/2. */
export async function trainedOutput(layer: CallableLayer, x: Tensor): Promise<readonly number[]> {
  const head = Dense(1, { useBias: false, kernelInitializer: 'zeros' })
  const model = Sequential([Input(x.shape.slice(1)), layer, Flatten(), head])
  model.compile({ loss: 'mse', optimizer: 'sgd' })
  const [slopes] = Object.values(await model.gradients(x, tensor([-0.5], [1, 1])))
  model.dispose()
  return [...(slopes?.data ?? [])]
}
