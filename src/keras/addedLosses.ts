// `model.add_loss(tensor)`, which Keras 3 has no longer: the loss goes through a layer that adds it, as Keras 2 has it in its files.

import { Layer } from '../layers/layerClass.ts'
import { SymbolicTensor } from '../layers/symbolicTensor.ts'
import type { LayersModel } from '../models/model.ts'
import { Model } from '../models/modelClass.ts'
import type { Arguments } from '../python/values.ts'
import { valuesGiven } from './functions.ts'
import type { Reader } from './reader.ts'

class AddLoss extends Layer {
  /** The last of its inputs goes on; the others are losses. */
  override call(inputs: readonly SymbolicTensor[]) {
    for (const loss of inputs.slice(0, -1)) this.addLoss(loss)
    return inputs.at(-1) as SymbolicTensor
  }
}

/** The same model with a loss more; null where that is none of its tensors, which is a problem. */
export function withLoss(
  reader: Reader,
  model: LayersModel,
  args: Arguments,
  at: number,
): LayersModel | null {
  const losses = [reader.plain(valuesGiven(args)[0] ?? null)].flat()
  if (losses.length === 0 || !losses.every((loss) => loss instanceof SymbolicTensor)) {
    reader.interpreter.problem(at, 'adds what is no tensor of the model to its loss')
    return null
  }
  const [output, ...others] = model.outputs
  reader.act()
  const through = new AddLoss()([...losses, output] as SymbolicTensor[]) as SymbolicTensor
  const { name } = model
  const made = Model(model.inputs, others.length > 0 ? [through, ...others] : through, { name })
  const place = reader.models.indexOf(model)
  if (place >= 0) reader.models[place] = made
  return made
}
